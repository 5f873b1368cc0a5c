#pragma once
// Which part of a reply's audio the listener has got: she may have gone back a word after a pause.
#include <cstdint>
#include <vector>

namespace eva::session {

/// Maps samples that were delivered, in the order in which the listener plays them, to positions in
/// the reply's audio. One per reply.
class Delivery {
 public:
  /// What is delivered after `delivered` samples begins at `position`.
  void jump(std::int64_t delivered, std::int64_t position) {
    jumps_.push_back({delivered, position});
  }
  /// How far into the reply a listener is who has played that many samples: never less for more.
  std::int64_t position(std::int64_t delivered) const;

 private:
  struct Jump {
    std::int64_t delivered;
    std::int64_t position;
  };
  std::vector<Jump> jumps_{{0, 0}};
};

}  // namespace eva::session
