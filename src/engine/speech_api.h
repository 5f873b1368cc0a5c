#pragma once
// The body of POST /v1/audio/speech as a value.
#include <string>
#include <string_view>

#include "engine/service_error.h"

namespace eva::engine {

inline constexpr std::size_t kMaxSpeechCharacters = 4096;

struct SpeechRequest {
  enum class Format { kPcm, kWav };
  std::string input;
  std::string voice;  // as sent, "" = absent
  Format format = Format::kPcm;
  double speed = 1.0;
};

/// Refuses what is not a speech request this engine can answer, naming the field and what is
/// possible. `input` must be there, 1 to kMaxSpeechCharacters long; unknown fields are ignored.
ApiResult<SpeechRequest> parse_speech_request(std::string_view body);

}  // namespace eva::engine
