#pragma once
// Short-time power in bands that are about as wide as hearing's.
#include <array>
#include <cstdint>
#include <span>
#include <utility>

namespace eva::echo {

inline constexpr std::size_t kBands = 20;
inline constexpr std::size_t kFrame = 512;  // samples at 16 kHz
using BandPower = std::array<float, kBands>;

/// Of two signals at once, kFrame samples each, under a Hann window; 190 Hz to 7 kHz. White noise
/// of one unit's power gives 200 times the band's number of bins.
std::pair<BandPower, BandPower> band_powers(std::span<const std::int16_t> first,
                                            std::span<const std::int16_t> second);

}  // namespace eva::echo
