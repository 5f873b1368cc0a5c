#include "session/delivery.h"

#include <algorithm>

namespace eva::session {

std::int64_t Delivery::position(std::int64_t delivered) const {
  std::int64_t furthest = 0;
  for (std::size_t i = 0; i < jumps_.size() && jumps_[i].delivered <= delivered; ++i) {
    const bool last = i + 1 == jumps_.size() || jumps_[i + 1].delivered > delivered;
    const std::int64_t until = last ? delivered : jumps_[i + 1].delivered;
    furthest = std::max(furthest, jumps_[i].position + until - jumps_[i].delivered);
  }
  return furthest;
}

}  // namespace eva::session
