#include "echo/bands.h"

#include <cmath>
#include <numbers>

#include "base/check.h"
#include "echo/fft.h"

namespace eva::echo {
namespace {

// First bins (31.25 Hz each) of the bands and the end: 188 Hz to 7 kHz, 125 Hz wide at first, then
// a fifth of their frequency.
constexpr std::array<std::size_t, kBands + 1> kEdges{
    6, 10, 14, 18, 22, 27, 32, 38, 45, 53, 62, 72, 84, 97, 112, 128, 145, 163, 182, 202, 224};

struct Tables {
  Fft fft{kFrame};
  std::array<float, kFrame> window{};
  Tables() {
    for (std::size_t i = 0; i < kFrame; ++i) {
      window[i] = static_cast<float>(
          0.5 - 0.5 * std::cos(2 * std::numbers::pi * (static_cast<double>(i) + 0.5) / kFrame));
    }
  }
};
const Tables& tables() {
  static const Tables made;
  return made;
}

}  // namespace

std::pair<BandPower, BandPower> band_powers(std::span<const std::int16_t> first,
                                            std::span<const std::int16_t> second) {
  EVA_CHECK(first.size() == kFrame && second.size() == kFrame);
  const Tables& t = tables();
  std::array<float, kFrame> real{};
  std::array<float, kFrame> imaginary{};
  for (std::size_t i = 0; i < kFrame; ++i) {
    real[i] = t.window[i] * static_cast<float>(first[i]);
    imaginary[i] = t.window[i] * static_cast<float>(second[i]);
  }
  t.fft.transform(real, imaginary);
  std::pair<BandPower, BandPower> powers{};
  for (std::size_t band = 0; band < kBands; ++band) {
    for (std::size_t k = kEdges[band]; k < kEdges[band + 1]; ++k) {
      // The spectra of two real signals are the even and the odd part of their common one.
      const std::size_t mirror = kFrame - k;
      const float even_real = real[k] + real[mirror];
      const float even_imaginary = imaginary[k] - imaginary[mirror];
      const float odd_real = imaginary[k] + imaginary[mirror];
      const float odd_imaginary = real[mirror] - real[k];
      powers.first[band] += (even_real * even_real + even_imaginary * even_imaginary) / 4;
      powers.second[band] += (odd_real * odd_real + odd_imaginary * odd_imaginary) / 4;
    }
  }
  return powers;
}

}  // namespace eva::echo
