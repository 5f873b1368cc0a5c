#include "recorder/preroll_trim.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace eva::recorder {
namespace {
constexpr int kRate = 16'000;
constexpr Duration kFrame = 10ms;
constexpr std::size_t kFrameSamples = kRate / 100;

double rms(std::span<const std::int16_t> pcm) {
  double sum = 0;
  for (const std::int16_t sample : pcm) sum += static_cast<double>(sample) * sample;
  return std::sqrt(sum / static_cast<double>(pcm.size()));
}

/// Of all frames, the level that a tenth stays below.
double noise_floor(std::vector<double> levels) {
  const auto tenth = levels.begin() + std::ssize(levels) / 10;
  std::ranges::nth_element(levels, tenth);
  return *tenth;
}
}  // namespace

std::size_t silence_to_trim(std::span<const std::int16_t> preroll, const PrerollTrim& trim) {
  const std::size_t frames = preroll.size() / kFrameSamples;
  if (frames == 0) return 0;
  // Whole frames, aligned to the end, where the speech is.
  const std::size_t odd = preroll.size() - frames * kFrameSamples;
  std::vector<double> levels(frames);
  for (std::size_t i = 0; i < frames; ++i) {
    levels[i] = rms(preroll.subspan(odd + i * kFrameSamples, kFrameSamples));
  }
  const double floor = noise_floor(levels);
  const double sound =
      std::max(floor * trim.noise_floor_multiplier, floor + trim.energy_margin_rms);
  const Duration pause_needed = std::max(trim.min_silence, trim.max_gap + kFrame);
  // Back from the end to the first pause that is long enough. The quiet right before the speech is
  // one: what lies before it is another matter.
  std::size_t pause = 0;  // frames of silence behind frame i
  for (std::size_t i = frames; i-- > 0;) {
    pause = levels[i] < sound ? pause + 1 : 0;
    if (kFrame * static_cast<std::int64_t>(pause) < pause_needed) continue;
    const std::size_t pause_end = i + pause;
    const auto guard = static_cast<std::size_t>(trim.guard / kFrame);
    const auto included = static_cast<std::size_t>(trim.min_included / kFrame);
    const std::size_t keep = std::max(frames - pause_end + guard, included);
    return keep >= frames ? 0 : odd + (frames - keep) * kFrameSamples;
  }
  return 0;
}

}  // namespace eva::recorder
