#pragma once
// 16-bit samples from other representations.
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace eva::audio {

/// Full scale is 1; louder is clipped, what is not a number is silence.
inline std::int16_t to_pcm16(float value) {
  if (!(value >= -1.0F)) return value < -1.0F ? INT16_MIN : 0;
  return static_cast<std::int16_t>(std::min(std::lround(value * 32768.0F), 32767L));
}

}  // namespace eva::audio
