#include "engine/quiet_cut.h"

#include <limits>

#include "base/check.h"

namespace eva::engine {
namespace {

constexpr std::size_t kBlock = 160;       // 10 ms
constexpr std::size_t kQuietBlocks = 20;  // 200 ms

/// Start of the quietest 200 ms within [begin, end).
std::size_t quietest(std::span<const std::int16_t> pcm, std::size_t begin, std::size_t end) {
  std::vector<double> energies;
  for (std::size_t at = begin; at + kBlock <= end; at += kBlock) {
    double energy = 0;
    for (const std::int16_t sample : pcm.subspan(at, kBlock)) energy += double{1} * sample * sample;
    energies.push_back(energy);
  }
  std::size_t best = 0;
  double least = std::numeric_limits<double>::max();
  for (std::size_t i = 0; i + kQuietBlocks <= energies.size(); ++i) {
    double sum = 0;
    for (std::size_t j = i; j < i + kQuietBlocks; ++j) sum += energies[j];
    if (sum < least) {
      least = sum;
      best = i;
    }
  }
  return begin + best * kBlock;
}

}  // namespace

std::vector<std::span<const std::int16_t>> cut_at_quiet(std::span<const std::int16_t> pcm,
                                                        std::size_t longest) {
  EVA_CHECK(longest >= 3 * kQuietBlocks * kBlock);
  std::vector<std::span<const std::int16_t>> parts;
  while (pcm.size() > longest) {
    const std::size_t cut = quietest(pcm, longest * 2 / 3, longest) + kQuietBlocks * kBlock / 2;
    parts.push_back(pcm.first(cut));
    pcm = pcm.subspan(cut);
  }
  parts.push_back(pcm);
  return parts;
}

}  // namespace eva::engine
