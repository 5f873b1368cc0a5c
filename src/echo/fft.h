#pragma once
// The discrete Fourier transform of a power of two, in place.
#include <cstdint>
#include <span>
#include <vector>

namespace eva::echo {

/// Real and imaginary parts lie apart, so that the compiler can do several at once. Immutable after
/// construction: threads may share one.
class Fft {
 public:
  /// `size`: a power of two, 2 to 65536 (EVA_CHECK).
  explicit Fft(std::size_t size);

  std::size_t size() const { return order_.size(); }
  /// Forward transform, unscaled, of size() values (EVA_CHECK). With the arguments exchanged it is
  /// the inverse transform times size().
  void transform(std::span<float> real, std::span<float> imaginary) const;

 private:
  std::vector<std::uint32_t> order_;  // bit-reversed index of each place
  // exp(-2*pi*i*k/(2*half)), k < half, for half = 1, 2, 4 …, from index half - 1 on
  std::vector<float> cosines_;
  std::vector<float> sines_;
};

}  // namespace eva::echo
