#include "session/playout.h"

#include <algorithm>

namespace eva::session {

void Playout::start() {
  queue_.clear();
  finished_ = false;
  sent_ = anchor_heard_ = 0;
}

void Playout::push(std::span<const std::int16_t> pcm) {
  queue_.insert(queue_.end(), pcm.begin(), pcm.end());
}

void Playout::flush() {
  queue_.clear();
  finished_ = true;
}

std::span<const std::int16_t> Playout::next_frame(Time now) {
  const auto due = next_frame_at();
  if (!due || now < *due) return {};
  if (heard(now) == sent_) {  // first frame, or the listener ran dry: playing (re)starts now
    anchor_ = now;
    anchor_heard_ = sent_;
  }
  const auto length = std::min<std::size_t>(kFrame, queue_.size());
  frame_.assign(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(length));
  queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(length));
  sent_ += static_cast<std::int64_t>(length);
  return frame_;
}

std::optional<Time> Playout::next_frame_at() const {
  if (queue_.empty() || (queue_.size() < kFrame && !finished_)) return std::nullopt;
  const auto length = static_cast<std::int64_t>(std::min<std::size_t>(kFrame, queue_.size()));
  // Due once the listener's buffer has room: sent_ + length - heard <= lead_.
  const std::int64_t heard_needed = sent_ + length - lead_ - anchor_heard_;
  if (sent_ == 0 || heard_needed <= 0) return anchor_;  // at once
  // Rounded up, so that at this very time the frame is due.
  return anchor_ + samples_to_duration(heard_needed, kRate) + Duration{1};
}

std::int64_t Playout::heard(Time now) const {
  if (sent_ == 0) return 0;
  const std::int64_t played = now <= anchor_ ? 0 : duration_to_samples(now - anchor_, kRate);
  return std::min(sent_, anchor_heard_ + played);
}

std::optional<Time> Playout::heard_all_at() const {
  if (sent_ == 0) return std::nullopt;
  return anchor_ + samples_to_duration(sent_ - anchor_heard_, kRate) + Duration{1};
}

}  // namespace eva::session
