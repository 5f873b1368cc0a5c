#include "bench/echo_room.h"

#include <algorithm>
#include <cmath>

#include "bench/stimuli.h"

namespace eva::bench {
namespace {

constexpr int kPlayedRate = 24'000;
constexpr double kInaudible = 1e-5;  // of the room's energy: what rings on below -50 dB

// Reversed, without the tail that nobody hears, with the energy of `level_db`.
std::vector<float> taps_of(std::span<const std::int16_t> impulse, double level_db) {
  double energy = 0;
  for (const double tap : impulse) energy += tap * tap;
  double tail = 0;
  while (!impulse.empty()) {
    tail += static_cast<double>(impulse.back()) * impulse.back();
    if (tail > kInaudible * energy) break;
    impulse = impulse.first(impulse.size() - 1);
  }
  const double scale = std::pow(10, level_db / 20) / std::sqrt(energy);
  std::vector<float> taps(impulse.size());
  std::ranges::transform(impulse, taps.rbegin(),
                         [&](double tap) { return static_cast<float>(scale * tap); });
  return taps;
}

}  // namespace

EchoRoom::EchoRoom(const Setting& setting)
    : taps_(taps_of(setting.impulse, setting.level_db)),
      resampler_(kPlayedRate, kRate),
      noise_(0, static_cast<float>(setting.noise)) {
  // Silence before the call, for the room's length and the delay.
  dry_.resize(taps_.size() + static_cast<std::size_t>(duration_to_samples(setting.delay, kRate)));
}

std::vector<float> EchoRoom::hear(std::span<const std::int16_t> played, std::size_t count) {
  // Microphone sample i is the room's answer to dry_[i .. i + taps], the newest of them last.
  while (dry_.size() < heard_ + count + taps_.size()) {
    constexpr std::size_t kPart = 480;
    std::vector<std::int16_t> part(kPart);
    for (std::size_t i = 0; i < kPart && taken_ + i < played.size(); ++i) {
      part[i] = played[taken_ + i];
    }
    taken_ += kPart;
    resampler_.process(part, dry_);
  }
  std::vector<float> echo(count);
  for (float& sample : echo) {
    if (noise_.stddev() > 0) sample = noise_(random_);
    const std::int16_t* dry = dry_.data() + heard_++;
    for (std::size_t k = 0; k < taps_.size(); ++k) sample += taps_[k] * dry[k];
  }
  return echo;
}

}  // namespace eva::bench
