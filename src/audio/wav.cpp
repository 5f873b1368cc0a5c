#include "audio/wav.h"

#include <cstdint>

#include "base/check.h"

namespace eva::audio {
namespace {
constexpr std::uint32_t kBytesPerSample = 2;
constexpr std::uint32_t kHeadAfterRiffSize = 36;
constexpr std::uint32_t kUnknown = 0xFFFFFFFF;

void append(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}
}  // namespace

std::string wav_head(int rate, std::optional<std::size_t> samples) {
  std::uint32_t size = kUnknown;
  if (samples) {
    EVA_CHECK(*samples <= (kUnknown - kHeadAfterRiffSize) / kBytesPerSample);
    size = static_cast<std::uint32_t>(*samples) * kBytesPerSample;
  }
  const auto hertz = static_cast<std::uint32_t>(rate);
  std::string head = "RIFF";
  append(head, samples ? kHeadAfterRiffSize + size : kUnknown, 4);
  head += "WAVEfmt ";
  append(head, 16, 4);
  append(head, 1, 2);  // PCM
  append(head, 1, 2);  // mono
  append(head, hertz, 4);
  append(head, hertz * kBytesPerSample, 4);
  append(head, kBytesPerSample, 2);
  append(head, 8 * kBytesPerSample, 2);
  head += "data";
  append(head, size, 4);
  return head;
}

}  // namespace eva::audio
