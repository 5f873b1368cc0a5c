#include "providers/transcription_form.h"

#include <fmt/format.h>

#include "audio/wav.h"

namespace eva::providers {
namespace {
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
  std::string file = audio::wav_head(speech::kSttRate, pcm.size());
  file.reserve(file.size() + 2 * pcm.size());
  for (const std::int16_t sample : pcm) {
    file += static_cast<char>(sample & 0xFF);
    file += static_cast<char>(sample >> 8 & 0xFF);
  }
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
