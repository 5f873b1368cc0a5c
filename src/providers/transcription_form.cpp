#include "providers/transcription_form.h"

#include <fmt/format.h>

namespace eva::providers {
namespace {
void append(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

/// One that occurs nowhere in what it separates.
std::string choose_boundary(const std::vector<std::pair<std::string, std::string>>& fields,
                            const std::string& wav) {
  for (int i = 0;; ++i) {
    std::string boundary = fmt::format("eva-form-{:04}", i);
    bool found = wav.find(boundary) != std::string::npos;
    for (const auto& [name, value] : fields) {
      found = found || value.find(boundary) != std::string::npos;
    }
    if (!found) return boundary;
  }
}
}  // namespace

std::string wav_file(const std::vector<std::int16_t>& pcm) {
  constexpr std::uint32_t kSampleBytes = 2;
  constexpr std::uint32_t kHeadAfterRiffSize = 36;
  const auto size = static_cast<std::uint32_t>(pcm.size()) * kSampleBytes;
  std::string file = "RIFF";
  file.reserve(44 + size);
  append(file, kHeadAfterRiffSize + size, 4);
  file += "WAVEfmt ";
  append(file, 16, 4);
  append(file, 1, 2);  // PCM
  append(file, 1, 2);  // mono
  append(file, speech::kSttRate, 4);
  append(file, speech::kSttRate * kSampleBytes, 4);
  append(file, kSampleBytes, 2);
  append(file, 8 * kSampleBytes, 2);
  file += "data";
  append(file, size, 4);
  for (const std::int16_t sample : pcm) append(file, static_cast<std::uint16_t>(sample), 2);
  return file;
}

Form transcription_form(const std::vector<std::pair<std::string, std::string>>& fields,
                        const std::string& wav) {
  const std::string boundary = choose_boundary(fields, wav);
  Form form{.content_type = "multipart/form-data; boundary=" + boundary, .body = {}};
  for (const auto& [name, value] : fields) {
    if (value.empty()) continue;
    form.body += fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{}\r\n",
                             boundary, name, value);
  }
  form.body += fmt::format(
      "--{}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"audio.wav\"\r\n"
      "Content-Type: audio/wav\r\n\r\n",
      boundary);
  form.body += wav;
  form.body += fmt::format("\r\n--{}--\r\n", boundary);
  return form;
}

}  // namespace eva::providers
