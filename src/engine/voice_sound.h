#pragma once
// From a synthesiser's raw output to a clause that can be played next to others.
#include <cstdint>
#include <span>
#include <vector>

namespace eva::engine {

/// Cuts leading and trailing silence (20 ms of it stay), fades both ends so that nothing clicks,
/// raises the level by 2 dB, bends peaks instead of clipping them, and converts to kVoiceRate.
/// @param samples  mono, about -1..1   @param rate  Hz, 8000 to 48000
/// Empty when everything is below -60 dBFS.
std::vector<std::int16_t> finish_clause(std::span<const float> samples, int rate);

}  // namespace eva::engine
