#pragma once
// Streaming sample rate conversion (speexdsp, quality 5: stop band below -80 dB, 2 ms of delay
// removed).
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace eva::audio {

/// Mono int16, fixed rates. The output does not depend on how the input is chunked.
/// Single-threaded.
class Resampler {
 public:
  /// Rates in Hz, 8000 to 192000 (EVA_CHECK). Equal rates copy.
  Resampler(int from_rate, int to_rate);
  ~Resampler();
  Resampler(Resampler&&) noexcept;
  Resampler& operator=(Resampler&&) noexcept;

  /// Appends what can be converted so far to `out`; the last ~2 ms follow with later input or
  /// flush().
  void process(std::span<const std::int16_t> in, std::vector<std::int16_t>& out);
  /// Appends the rest of the stream; afterwards the resampler is as new.
  void flush(std::vector<std::int16_t>& out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A whole clip at once.
std::vector<std::int16_t> resample(std::span<const std::int16_t> in, int from_rate, int to_rate);

}  // namespace eva::audio
