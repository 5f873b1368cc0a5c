#include "audio/g711.h"

#include <algorithm>
#include <bit>

namespace eva::audio {

// µ-law: sign, 3 bits of exponent, 4 bits of mantissa over a magnitude with bias 132, all inverted.
std::uint8_t encode_mulaw(std::int16_t sample) {
  constexpr int kBias = 132;
  constexpr int kClip = 32635;
  const int sign = sample < 0 ? 0x80 : 0;
  const int magnitude = std::min(sample < 0 ? -static_cast<int>(sample) : sample, kClip) + kBias;
  const int exponent = std::bit_width(static_cast<unsigned>(magnitude)) - 8;
  const int mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return static_cast<std::uint8_t>(~(sign | (exponent << 4) | mantissa));
}

std::int16_t decode_mulaw(std::uint8_t code) {
  const int bits = static_cast<std::uint8_t>(~code);
  const int exponent = (bits >> 4) & 7;
  const int magnitude = ((((bits & 0x0f) << 3) + 132) << exponent) - 132;
  return static_cast<std::int16_t>(bits & 0x80 ? -magnitude : magnitude);
}

// A-law: sign, 3 bits of segment, 4 bits of mantissa, even bits inverted (0x55).
std::uint8_t encode_alaw(std::int16_t sample) {
  const int sign = sample >= 0 ? 0x80 : 0;
  const int magnitude = sample >= 0 ? sample : -static_cast<int>(sample) - 1;
  const int high = std::bit_width(static_cast<unsigned>(magnitude) >> 8);  // segment
  const int code = high == 0 ? magnitude >> 4 : (high << 4) | ((magnitude >> (high + 3)) & 0x0f);
  return static_cast<std::uint8_t>((sign | code) ^ 0x55);
}

std::int16_t decode_alaw(std::uint8_t code) {
  const int bits = code ^ 0x55;
  const int segment = (bits >> 4) & 7;
  int magnitude = (bits & 0x0f) << 4;
  magnitude = segment == 0 ? magnitude + 8 : (magnitude + 0x108) << (segment - 1);
  return static_cast<std::int16_t>(bits & 0x80 ? magnitude : -magnitude);
}

}  // namespace eva::audio
