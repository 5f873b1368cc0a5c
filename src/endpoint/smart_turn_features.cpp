#include "endpoint/smart_turn_features.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace eva::endpoint {

std::vector<float> newest_samples(std::span<const std::int16_t> pcm) {
  const auto heard = pcm.last(std::min<std::size_t>(pcm.size(), kHeard));
  std::vector<float> samples(kHeard);
  std::ranges::transform(heard, samples.end() - static_cast<std::ptrdiff_t>(heard.size()),
                         [](std::int16_t sample) { return static_cast<float>(sample) / 32768.0F; });
  return samples;
}

std::vector<float> smart_turn_features(std::span<const std::int16_t> pcm,
                                       const audio::LogMel& log_mel) {
  std::vector<float> samples = newest_samples(pcm);
  const double mean =
      std::accumulate(samples.begin(), samples.end(), 0.0) / static_cast<double>(kHeard);
  const double squares = std::inner_product(samples.begin(), samples.end(), samples.begin(), 0.0);
  const double variance = squares / static_cast<double>(kHeard) - mean * mean;
  const double scale = 1 / std::sqrt(variance + 1e-7);
  for (float& sample : samples) {
    sample = static_cast<float>((static_cast<double>(sample) - mean) * scale);
  }
  return log_mel(samples, 0);
}

}  // namespace eva::endpoint
