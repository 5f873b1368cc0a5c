#include "engine/text_length.h"

#include <algorithm>
#include <vector>

namespace eva::engine {
namespace {
constexpr std::size_t kBlock = 160;  // 10 ms
constexpr double kSounding = 1e-3;   // -30 dB
constexpr double kLeastSeconds = 2;
constexpr double kCharactersPerSecond = 5;
}  // namespace

bool too_short_for(std::string_view text, std::span<const std::int16_t> pcm) {
  std::vector<double> energies;
  for (std::size_t at = 0; at + kBlock <= pcm.size(); at += kBlock) {
    double energy = 0;
    for (const std::int16_t sample : pcm.subspan(at, kBlock)) energy += double{1} * sample * sample;
    energies.push_back(energy);
  }
  if (energies.empty()) return false;
  const double least = std::ranges::max(energies) * kSounding;
  const auto sounding =
      std::ranges::count_if(energies, [least](double energy) { return energy > least; });
  const double seconds = static_cast<double>(sounding) / 100;
  return seconds >= kLeastSeconds &&
         static_cast<double>(text.size()) < kCharactersPerSecond * seconds;
}

}  // namespace eva::engine
