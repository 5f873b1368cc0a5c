#include "echo/fft.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

#include "base/check.h"

namespace eva::echo {
namespace {

TEST(FftTest, FindsATone) {
  constexpr std::size_t kSize = 64;
  std::vector<float> real(kSize);
  std::vector<float> imaginary(kSize);
  for (std::size_t i = 0; i < kSize; ++i) {
    real[i] =
        static_cast<float>(std::cos(2 * std::numbers::pi * 5 * static_cast<double>(i) / kSize));
  }
  Fft(kSize).transform(real, imaginary);
  for (std::size_t k = 0; k < kSize; ++k) {
    EXPECT_NEAR(real[k], k == 5 || k == kSize - 5 ? kSize / 2 : 0, 1e-4) << k;
    EXPECT_NEAR(imaginary[k], 0, 1e-4) << k;
  }
}

TEST(FftTest, ComesBackWithItsPartsExchanged) {
  constexpr std::size_t kSize = 4096;
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(-1, 1);
  std::vector<float> real(kSize);
  std::vector<float> imaginary(kSize);
  for (auto& x : real) x = uniform(random);
  for (auto& x : imaginary) x = uniform(random);
  const auto real_before = real;
  const auto imaginary_before = imaginary;
  const Fft fft(kSize);
  fft.transform(real, imaginary);
  fft.transform(imaginary, real);
  for (std::size_t i = 0; i < kSize; ++i) {
    ASSERT_NEAR(real[i] / kSize, real_before[i], 1e-5);
    ASSERT_NEAR(imaginary[i] / kSize, imaginary_before[i], 1e-5);
  }
}

#ifdef NDEBUG  // elsewhere a failed check aborts
TEST(FftTest, RefusesOtherSizes) {
  EXPECT_THROW(Fft(48), BugError);
  std::vector<float> wrong(16);
  EXPECT_THROW(Fft(32).transform(wrong, wrong), BugError);
}
#endif

}  // namespace
}  // namespace eva::echo
