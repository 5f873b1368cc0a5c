#include "engine/wav.h"

#include <cstdint>

namespace eva::engine {
namespace {
void append(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}
}  // namespace

std::string wav_stream_head(int rate) {
  constexpr std::uint32_t kUnknown = 0xFFFFFFFF;
  constexpr std::uint32_t kBytesPerSample = 2;
  const auto hertz = static_cast<std::uint32_t>(rate);
  std::string head = "RIFF";
  append(head, kUnknown, 4);
  head += "WAVEfmt ";
  append(head, 16, 4);
  append(head, 1, 2);  // PCM
  append(head, 1, 2);  // mono
  append(head, hertz, 4);
  append(head, hertz * kBytesPerSample, 4);
  append(head, kBytesPerSample, 2);
  append(head, 8 * kBytesPerSample, 2);
  head += "data";
  append(head, kUnknown, 4);
  return head;
}

}  // namespace eva::engine
