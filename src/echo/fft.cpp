#include "echo/fft.h"

#include <bit>
#include <cmath>
#include <numbers>
#include <utility>

#include "base/check.h"

namespace eva::echo {
namespace {

// a + w*b and a - w*b of `half` pairs.
void butterflies(std::size_t half, float* __restrict a_real, float* __restrict a_imaginary,
                 float* __restrict b_real, float* __restrict b_imaginary,
                 const float* __restrict w_real, const float* __restrict w_imaginary) {
  for (std::size_t k = 0; k < half; ++k) {
    const float real = b_real[k] * w_real[k] - b_imaginary[k] * w_imaginary[k];
    const float imaginary = b_real[k] * w_imaginary[k] + b_imaginary[k] * w_real[k];
    b_real[k] = a_real[k] - real;
    b_imaginary[k] = a_imaginary[k] - imaginary;
    a_real[k] += real;
    a_imaginary[k] += imaginary;
  }
}

}  // namespace

Fft::Fft(std::size_t size) : order_(size) {
  EVA_CHECK(std::has_single_bit(size) && size >= 2 && size <= 65'536);
  const int bits = std::countr_zero(size);
  for (std::size_t i = 0; i < size; ++i) {
    std::uint32_t reversed = 0;
    for (int bit = 0; bit < bits; ++bit) reversed |= ((i >> bit) & 1U) << (bits - 1 - bit);
    order_[i] = reversed;
  }
  for (std::size_t half = 1; half < size; half *= 2) {
    for (std::size_t k = 0; k < half; ++k) {
      const double angle = -std::numbers::pi * static_cast<double>(k) / static_cast<double>(half);
      cosines_.push_back(static_cast<float>(std::cos(angle)));
      sines_.push_back(static_cast<float>(std::sin(angle)));
    }
  }
}

void Fft::transform(std::span<float> real, std::span<float> imaginary) const {
  EVA_CHECK(real.size() == size() && imaginary.size() == size());
  for (std::size_t i = 0; i < size(); ++i) {
    if (i < order_[i]) {
      std::swap(real[i], real[order_[i]]);
      std::swap(imaginary[i], imaginary[order_[i]]);
    }
  }
  for (std::size_t half = 1; half < size(); half *= 2) {
    for (std::size_t begin = 0; begin < size(); begin += 2 * half) {
      butterflies(half, real.data() + begin, imaginary.data() + begin, real.data() + begin + half,
                  imaginary.data() + begin + half, cosines_.data() + half - 1,
                  sines_.data() + half - 1);
    }
  }
}

}  // namespace eva::echo
