#include "audio/mel.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/check.h"

namespace eva::audio {
namespace {

constexpr int kSide = 20;  // kMelWindow = kSide * kSide
constexpr double kRate = 16'000;
constexpr float kSilenceLog = -10.0F;  // log10 of Whisper's power floor, 1e-10
constexpr float kDynamicRange = 8.0F;  // in log10 units

// Slaney's mel scale: linear up to 1 kHz, logarithmic above.
double mel_of(double hertz) {
  if (hertz < 1000) return hertz * 3 / 200;
  return 15 + 27 * std::log(hertz / 1000) / std::log(6.4);
}
double hertz_of(double mel) {
  if (mel < 15) return mel * 200 / 3;
  return 1000 * std::exp((mel - 15) / 27 * std::log(6.4));
}

}  // namespace

struct LogMel::Power {
  float bins[kBins][kLanes];
};

LogMel::LogMel(int bands) {
  constexpr double kTurn = 2 * std::numbers::pi;
  for (int n = 0; n < kMelWindow; ++n) {
    const double angle = kTurn * n / kMelWindow;
    window_.push_back(static_cast<float>(0.5 - 0.5 * std::cos(angle)));
    cos400_.push_back(static_cast<float>(std::cos(angle)));
    sin400_.push_back(static_cast<float>(std::sin(angle)));
  }
  for (int k = 0; k < kSide; ++k) {
    cos20_.push_back(static_cast<float>(std::cos(kTurn * k / kSide)));
    sin20_.push_back(static_cast<float>(std::sin(kTurn * k / kSide)));
  }

  const double step = mel_of(kRate / 2) / (bands + 1);
  for (int band = 0; band < bands; ++band) {
    const double low = hertz_of(step * band);
    const double middle = hertz_of(step * (band + 1));
    const double high = hertz_of(step * (band + 2));
    Filter filter{.first_bin = 0, .weights = {}};
    for (int bin = 0; bin < kBins; ++bin) {
      const double hertz = bin * kRate / kMelWindow;
      const double slope =
          std::min((hertz - low) / (middle - low), (high - hertz) / (high - middle));
      if (slope <= 0) continue;
      if (filter.weights.empty()) filter.first_bin = bin;
      filter.weights.push_back(static_cast<float>(slope * 2 / (high - low)));
    }
    filters_.push_back(std::move(filter));
  }
}

/// The power spectrum of a real signal x[20 n1 + n2]: first, for each n2, the 20-point transform
/// over n1 (only k1 <= 10, the others are mirror images), then, for each k1, the one over n2. Bin
/// k1 + 20 k2 beyond 200 is the mirror image of bin 400 - k1 - 20 k2.
void LogMel::transform(const float (&frames)[kMelWindow][kLanes], Power& power) const {
  constexpr int kHalf = kSide / 2;
  for (int k1 = 0; k1 <= kHalf; ++k1) {
    float re1[kSide][kLanes];
    float im1[kSide][kLanes];
    for (int n2 = 0; n2 < kSide; ++n2) {
      float re[kLanes] = {};
      float im[kLanes] = {};
      for (int n1 = 0; n1 < kSide; ++n1) {
        const int k = n1 * k1 % kSide;
        const float c = cos20_[k];
        const float s = sin20_[k];
        const float* x = frames[kSide * n1 + n2];
        for (int lane = 0; lane < kLanes; ++lane) {
          re[lane] += c * x[lane];
          im[lane] -= s * x[lane];
        }
      }
      const float c = cos400_[n2 * k1];
      const float s = sin400_[n2 * k1];
      for (int lane = 0; lane < kLanes; ++lane) {
        re1[n2][lane] = re[lane] * c + im[lane] * s;
        im1[n2][lane] = im[lane] * c - re[lane] * s;
      }
    }
    for (int k2 = 0; k2 < kSide; ++k2) {
      const int bin = k1 + kSide * k2;
      if (bin >= kBins && (k1 == 0 || k1 == kHalf)) break;  // their mirror images came before
      float re[kLanes] = {};
      float im[kLanes] = {};
      for (int n2 = 0; n2 < kSide; ++n2) {
        const int k = n2 * k2 % kSide;
        const float c = cos20_[k];
        const float s = sin20_[k];
        for (int lane = 0; lane < kLanes; ++lane) {
          re[lane] += re1[n2][lane] * c + im1[n2][lane] * s;
          im[lane] += im1[n2][lane] * c - re1[n2][lane] * s;
        }
      }
      float* out = power.bins[bin < kBins ? bin : kMelWindow - bin];
      for (int lane = 0; lane < kLanes; ++lane) {
        out[lane] = re[lane] * re[lane] + im[lane] * im[lane];
      }
    }
  }
}

std::vector<float> LogMel::operator()(std::span<const std::int16_t> pcm,
                                      std::int64_t padding) const {
  std::vector<float> samples(pcm.size());
  std::ranges::transform(pcm, samples.begin(),
                         [](std::int16_t sample) { return static_cast<float>(sample) / 32768.0F; });
  return (*this)(samples, padding);
}

std::vector<float> LogMel::operator()(std::span<const float> signal, std::int64_t padding) const {
  const auto samples = static_cast<std::int64_t>(signal.size());
  const std::int64_t total = samples + padding;
  EVA_CHECK(total >= kMelWindow);
  // Frame f is centred on sample 160 f; the signal is reflected at both ends.
  const auto sample_at = [&](std::int64_t at) -> float {
    if (at < 0) at = -at;
    if (at >= total) at = 2 * (total - 1) - at;
    return at < samples ? signal[static_cast<std::size_t>(at)] : 0.0F;
  };

  const std::int64_t frame_count = frames(signal.size(), padding);
  std::vector<float> mel(filters_.size() * static_cast<std::size_t>(frame_count), kSilenceLog);
  // A frame of nothing but padding keeps the floor.
  const std::int64_t heard = std::min(frame_count, (samples + kMelWindow / 2) / kMelHop + 1);
  float loudest = kSilenceLog;
  alignas(32) float block[kMelWindow][kLanes];
  alignas(32) Power power{};
  for (std::int64_t first = 0; first < heard; first += kLanes) {
    for (int lane = 0; lane < kLanes; ++lane) {
      const std::int64_t start = (first + lane) * kMelHop - kMelWindow / 2;
      for (int n = 0; n < kMelWindow; ++n) {
        const bool exists = first + lane < heard;
        block[n][lane] =
            exists ? sample_at(start + n) * window_[static_cast<std::size_t>(n)] : 0.0F;
      }
    }
    transform(block, power);
    const auto lanes = static_cast<int>(std::min<std::int64_t>(kLanes, heard - first));
    for (std::size_t band = 0; band < filters_.size(); ++band) {
      const Filter& filter = filters_[band];
      float sum[kLanes] = {};
      for (std::size_t i = 0; i < filter.weights.size(); ++i) {
        const float* bin = power.bins[filter.first_bin + static_cast<int>(i)];
        for (int lane = 0; lane < kLanes; ++lane) sum[lane] += filter.weights[i] * bin[lane];
      }
      float* row =
          &mel[band * static_cast<std::size_t>(frame_count) + static_cast<std::size_t>(first)];
      for (int lane = 0; lane < lanes; ++lane) {
        row[lane] = std::log10(std::max(sum[lane], 1e-10F));
        loudest = std::max(loudest, row[lane]);
      }
    }
  }
  for (float& value : mel) value = (std::max(value, loudest - kDynamicRange) + 4.0F) / 4.0F;
  return mel;
}

}  // namespace eva::audio
