#pragma once
// What the listener has been given to hear, by media time: the far end of the echo.
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "audio/resampler.h"
#include "base/time.h"

namespace eva::echo {

/// A ring of 16 kHz samples addressed by the index of a sample of the media clock; what nobody
/// played is silence. Single-threaded. 64 KB from the first sample on.
class PlayedAudio {
 public:
  static constexpr int kRate = 16'000;
  static constexpr int kPlayedRate = 24'000;
  static constexpr std::int64_t kCapacity = 1 << 15;  // 2 s

  /// Heard from `at` on. Audio that begins within 60 ms of the last end continues it, so that the
  /// rounding and jitter of `at` makes no cracks; other audio begins anew and silences what
  /// lies between. Older audio than kCapacity before the newest sample is forgotten.
  void push(std::span<const std::int16_t> pcm24k, Duration at);
  /// The listener will not hear what was to come after `at`.
  void forget_after(Duration at);

  /// Writes samples [begin, begin + out.size()); unknown ones are 0.
  void copy(std::int64_t begin, std::span<std::int16_t> out) const;
  /// Index after the last sample; nullopt before the first.
  std::optional<std::int64_t> end() const { return end_; }

 private:
  void append(std::span<const std::int16_t> pcm);

  std::vector<std::int16_t> ring_;  // kCapacity, by index modulo kCapacity
  std::optional<std::int64_t> end_;
  std::int64_t begin_ = 0;  // oldest sample known
  audio::Resampler resampler_{kPlayedRate, kRate};
  std::vector<std::int16_t> converted_;
};

}  // namespace eva::echo
