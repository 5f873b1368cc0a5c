#pragma once
// ITU-T G.711: 8 kHz telephone audio, 8 bits a sample, µ-law and A-law.
#include <cstdint>

namespace eva::audio {

std::uint8_t encode_mulaw(std::int16_t sample);
std::int16_t decode_mulaw(std::uint8_t code);
std::uint8_t encode_alaw(std::int16_t sample);
std::int16_t decode_alaw(std::uint8_t code);

}  // namespace eva::audio
