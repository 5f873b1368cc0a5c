#include "engine/voice_sound.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "audio/resampler.h"
#include "engine/voice.h"

namespace eva::engine {
namespace {

constexpr double kSilence = 0.001;  // RMS of 5 ms: -60 dBFS; joe's own silence is near -95 dBFS
constexpr double kWindow = 0.005;   // s
constexpr double kMargin = 0.020;   // s of silence that stay on either side
constexpr double kFadeIn = 0.003;   // s
constexpr double kFadeOut = 0.015;  // s
constexpr float kGain = 1.26F;      // joe speaks at -25 dBFS with peaks up to -3 dBFS (measured)
constexpr float kKnee = 0.8F;       // above it peaks are bent towards 1

std::size_t samples_in(double seconds, int rate) {
  return static_cast<std::size_t>(seconds * rate);
}

bool is_silent(std::span<const float> window) {
  double energy = 0;
  for (const float x : window) energy += static_cast<double>(x) * x;
  return energy < kSilence * kSilence * static_cast<double>(window.size());
}

std::span<const float> trim(std::span<const float> samples, int rate) {
  const std::size_t step = samples_in(kWindow, rate);
  std::size_t begin = samples.size();
  std::size_t end = 0;
  for (std::size_t at = 0; at < samples.size(); at += step) {
    const std::size_t length = std::min(step, samples.size() - at);
    if (is_silent(samples.subspan(at, length))) continue;
    begin = std::min(begin, at);
    end = at + length;
  }
  if (end == 0) return {};
  const std::size_t margin = samples_in(kMargin, rate);
  begin -= std::min(begin, margin);
  end = std::min(end + margin, samples.size());
  return samples.subspan(begin, end - begin);
}

/// Raised cosine from 0 to 1.
float fade(std::size_t i, std::size_t length) {
  const double phase = static_cast<double>(i) / static_cast<double>(length);
  return static_cast<float>(0.5 - 0.5 * std::cos(std::numbers::pi * phase));
}

float bend(float x) {
  const float size = std::abs(x);
  if (size <= kKnee) return x;
  const float bent = kKnee + (1 - kKnee) * std::tanh((size - kKnee) / (1 - kKnee));
  return std::copysign(bent, x);
}

std::int16_t to_int16(float x) {
  return static_cast<std::int16_t>(std::lround(x * 32767.0F));
}

}  // namespace

std::vector<std::int16_t> finish_clause(std::span<const float> samples, int rate) {
  const std::span<const float> speech = trim(samples, rate);
  const std::size_t fade_in = std::min(samples_in(kFadeIn, rate), speech.size());
  const std::size_t fade_out = std::min(samples_in(kFadeOut, rate), speech.size());
  std::vector<std::int16_t> pcm(speech.size());
  for (std::size_t i = 0; i < speech.size(); ++i) {
    float gain = kGain;
    if (i < fade_in) gain *= fade(i, fade_in);
    const std::size_t left = speech.size() - 1 - i;
    if (left < fade_out) gain *= fade(left, fade_out);
    pcm[i] = to_int16(bend(speech[i] * gain));
  }
  return audio::resample(pcm, rate, kVoiceRate);
}

}  // namespace eva::engine
