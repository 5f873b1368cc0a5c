#include "session/quiet_place.h"

#include <algorithm>
#include <vector>

namespace eva::session {
namespace {
constexpr std::int64_t kBlock = 240;  // 10 ms
constexpr std::int64_t kFurthest = 70;
constexpr double kQuieter = 0.01;  // -20 dB, as a ratio of energies
}  // namespace

std::int64_t back_to_quiet_place(const std::deque<std::int16_t>& speech, std::int64_t end) {
  std::vector<double> energy;  // of the blocks, the newest first
  for (std::int64_t to = end; to >= kBlock; to -= kBlock) {
    double sum = 0;
    for (std::int64_t i = to - kBlock; i < to; ++i) {
      const double sample = speech[static_cast<std::size_t>(i)];
      sum += sample * sample;
    }
    energy.push_back(sum);
  }
  if (energy.empty()) return 0;
  const double quiet = *std::ranges::max_element(energy) * kQuieter;
  const auto blocks = std::min<std::size_t>(energy.size(), kFurthest);
  for (std::size_t i = 0; i + 1 < blocks; ++i) {
    if (energy[i] <= quiet && energy[i + 1] <= quiet) {
      return static_cast<std::int64_t>(i) * kBlock + kBlock / 2;  // just before the word
    }
  }
  return 0;
}

}  // namespace eva::session
