#include "echo/delay_search.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "echo/fft.h"

namespace eva::echo {
namespace {

constexpr std::size_t kSize = 4096;
constexpr std::size_t kLags = (DelaySearch::kLatest - DelaySearch::kEarliest) / DelaySearch::kStep;
constexpr std::size_t kLowestBin = kSize * 150 / 3200;
constexpr std::size_t kHighestBin = kSize * 1400 / 3200;
// Of full whitening: between the harmonics there is but noise (bench/echo: 0.7 beats 0.5 and 1).
constexpr float kWhitening = 0.7F;
constexpr float kLeak = 0.75F;
constexpr float kVoiced = 0.1F;  // of the loudest block that was played
static_assert(DelaySearch::kPlayed == kSize * DelaySearch::kStep);

const Fft& transform() {
  static const Fft fft(kSize);
  return fft;
}

// A raised cosine of three output samples: -6 dB near 1.3 kHz. What it lets fold over is folded
// alike in both signals.
float decimated(std::span<const std::int16_t> pcm, std::size_t centre) {
  static constexpr std::array<float, 7> kWeights{0.032F, 0.103F, 0.222F, 0.286F,
                                                 0.222F, 0.103F, 0.032F};
  float sum = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) {
    const std::size_t at = centre + i;
    if (at >= 3 && at - 3 < pcm.size()) sum += kWeights[i] * static_cast<float>(pcm[at - 3]);
  }
  return sum;
}

}  // namespace

DelaySearch::Found DelaySearch::search(std::span<const std::int16_t> heard,
                                       std::span<const std::int16_t> played) {
  EVA_CHECK(heard.size() == kBlock && played.size() == kPlayed);
  std::array<float, kSize> real{};
  std::array<float, kSize> imaginary{};
  for (std::size_t i = 0; i < kSize; ++i) {
    const std::size_t at = i * kStep;
    real[i] = at < heard.size() ? decimated(heard, at) : 0.0F;
    imaginary[i] = decimated(played, at);
  }
  // Energy of what is played before each place: at a lag where she was silent chance looks strong.
  std::array<float, kSize + 1> before{};
  for (std::size_t i = 0; i < kSize; ++i) before[i + 1] = before[i] + imaginary[i] * imaginary[i];
  transform().transform(real, imaginary);
  std::array<float, kSize> cross_real{};
  std::array<float, kSize> cross_imaginary{};
  for (std::size_t k = kLowestBin; k <= kHighestBin; ++k) {
    // The spectra of two real signals are the even and the odd part of their common one.
    const std::size_t mirror = kSize - k;
    const float heard_real = real[k] + real[mirror];
    const float heard_imaginary = imaginary[k] - imaginary[mirror];
    const float played_real = imaginary[k] + imaginary[mirror];
    const float played_imaginary = real[mirror] - real[k];
    const float product_real = heard_real * played_real + heard_imaginary * played_imaginary;
    const float product_imaginary = heard_real * played_imaginary - heard_imaginary * played_real;
    const float power = product_real * product_real + product_imaginary * product_imaginary;
    if (power < 1.0F) continue;
    const float weight = std::pow(power, -0.5F * kWhitening);
    cross_real[k] = cross_real[mirror] = weight * product_real;
    cross_imaginary[k] = weight * product_imaginary;
    cross_imaginary[mirror] = -cross_imaginary[k];
  }
  transform().transform(cross_imaginary, cross_real);  // inverse

  if (correlation_.empty()) correlation_.resize(kLags);
  const auto energy = [&](std::size_t lag) { return before[lag + kBlock / kStep] - before[lag]; };
  float loudest = 0;
  for (std::size_t lag = 0; lag < kLags; ++lag) loudest = std::max(loudest, energy(lag));
  float power = 0;
  float peak = 0;
  std::size_t best = 0;
  std::size_t lags = 0;
  for (std::size_t lag = 0; lag < kLags; ++lag) {
    correlation_[lag] = kLeak * correlation_[lag] + cross_real[lag];
    if (energy(lag) < kVoiced * loudest) continue;
    power += correlation_[lag] * correlation_[lag];
    ++lags;
    if (correlation_[lag] > peak) {
      peak = correlation_[lag];
      best = lag;
    }
  }
  const float rms = std::sqrt(power / static_cast<float>(std::max<std::size_t>(1, lags)));
  return {.delay = kLatest - static_cast<std::int64_t>(best) * kStep,
          .strength = rms > 0 ? peak / rms : 0.0F};
}

}  // namespace eva::echo
