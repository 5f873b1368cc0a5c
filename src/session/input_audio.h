#pragma once
// The user's recent audio, addressed by media time.
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "base/time.h"

namespace eva::session {

/// Mono 16 kHz. Holds what a turn may still need and nothing else. Not thread-safe.
class InputAudio {
 public:
  static constexpr int kRate = 16'000;

  void push(std::span<const std::int16_t> pcm);
  /// Samples received since the session began; the dialogue's clock.
  std::int64_t received() const { return first_ + static_cast<std::int64_t>(samples_.size()); }
  Duration received_time() const { return samples_to_duration(received(), kRate); }
  /// Audio from `begin` (or the oldest kept) to `end` (or the newest).
  std::vector<std::int16_t> copy(Duration begin, Duration end) const;
  /// Forgets everything before `time`.
  void forget_before(Duration time);
  /// Media time of the oldest sample kept.
  Duration begin() const { return samples_to_duration(first_, kRate); }
  Duration kept() const {
    return samples_to_duration(static_cast<std::int64_t>(samples_.size()), kRate);
  }

 private:
  std::deque<std::int16_t> samples_;
  std::int64_t first_ = 0;  // index of samples_.front()
};

}  // namespace eva::session
