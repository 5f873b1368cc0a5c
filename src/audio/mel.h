#pragma once
// Whisper's log-mel spectrogram.
#include <cstdint>
#include <span>
#include <vector>

namespace eva::audio {

inline constexpr int kMelHop = 160;     // samples between two frames: 10 ms at 16 kHz
inline constexpr int kMelWindow = 400;  // samples per frame

/// Holds the window, the transform's tables and the mel filters (Slaney's scale and area, 0 to 8
/// kHz). Immutable; any thread. 1.0 ms for 4 s of audio (measured, docs/engines.md).
class LogMel {
 public:
  explicit LogMel(int bands);

  /// Mono 16 kHz samples followed by `padding` samples of silence; together at least kMelWindow.
  /// Returns bands() rows of frames(samples, padding) values, normalised as Whisper does: log10 of
  /// the power, cut off 8 below the loudest value, (x + 4) / 4.
  std::vector<float> operator()(std::span<const std::int16_t> pcm, std::int64_t padding) const;
  /// The same of samples whose full scale is 1 or, once normalised, anything.
  std::vector<float> operator()(std::span<const float> samples, std::int64_t padding) const;

  static std::int64_t frames(std::size_t samples, std::int64_t padding) {
    return (static_cast<std::int64_t>(samples) + padding) / kMelHop;
  }
  int bands() const { return static_cast<int>(filters_.size()); }

 private:
  static constexpr int kLanes = 8;  // frames that are transformed together, one per SIMD lane
  static constexpr int kBins = kMelWindow / 2 + 1;

  struct Filter {
    int first_bin;
    std::vector<float> weights;
  };
  struct Power;  // of kLanes frames

  void transform(const float (&frames)[kMelWindow][kLanes], Power& power) const;

  std::vector<float> window_;
  std::vector<Filter> filters_;
  // 400 = 20 x 20: two stages of 20-point transforms with twiddle factors between them.
  std::vector<float> cos20_, sin20_;    // [20]: cos and sin of 2 pi k / 20
  std::vector<float> cos400_, sin400_;  // [400]
};

}  // namespace eva::audio
