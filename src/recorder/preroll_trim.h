#pragma once
// Takes old sound off the front of a pre-roll: the end of what was said before.
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/time.h"

namespace eva::recorder {

/// RealtimeSTT's pre_recording_buffer_trim_config, with its names and defaults.
struct PrerollTrim {
  Duration min_silence = 200ms;         // a pause at least this long separates
  Duration guard = 160ms;               // of that pause is kept
  Duration max_gap = 80ms;              // a shorter pause is no pause
  Duration min_included = 600ms;        // is kept in any case
  double noise_floor_multiplier = 2.5;  // sound is louder than the quietest part by this factor
  double energy_margin_rms = 25;        // and by at least this much (16-bit samples)
};

/// How many samples at the front (16 kHz) lie before the last pause and its guard; 0: all belongs
/// together. Pure.
std::size_t silence_to_trim(std::span<const std::int16_t> preroll, const PrerollTrim& trim);

}  // namespace eva::recorder
