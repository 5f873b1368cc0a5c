#include "session/input_audio.h"

#include <algorithm>

namespace eva::session {

void InputAudio::push(std::span<const std::int16_t> pcm) {
  samples_.insert(samples_.end(), pcm.begin(), pcm.end());
}

std::vector<std::int16_t> InputAudio::copy(Duration begin, Duration end) const {
  const auto last = std::min(received(), duration_to_samples(end, kRate));
  const auto start = std::clamp(duration_to_samples(begin, kRate), first_, std::max(first_, last));
  return {samples_.begin() + (start - first_), samples_.begin() + (std::max(start, last) - first_)};
}

void InputAudio::forget_before(Duration time) {
  const auto until = std::clamp(duration_to_samples(time, kRate), first_, received());
  samples_.erase(samples_.begin(), samples_.begin() + (until - first_));
  first_ = until;
}

}  // namespace eva::session
