#pragma once
// The multipart body of a transcription request. Pure.
#include <string>
#include <utility>
#include <vector>

#include "speech/stt.h"

namespace eva::providers {

/// A mono 16-bit WAV file of `pcm` at speech::kSttRate.
std::string wav_file(const std::vector<std::int16_t>& pcm);

struct Form {
  std::string content_type;  // with the boundary
  std::string body;
};
/// The fields, in order (empty values left out), then `wav` as the file "audio.wav".
Form transcription_form(const std::vector<std::pair<std::string, std::string>>& fields,
                        const std::string& wav);

}  // namespace eva::providers
