#pragma once
// The form of POST /v1/audio/transcriptions as a value, and its three kinds of answer.
#include <string>
#include <string_view>

#include "base/time.h"
#include "engine/service_error.h"
#include "engine/whisper.h"

namespace eva::engine {

struct TranscriptionForm {
  enum class Format { kJson, kText, kVerboseJson };
  std::string_view file;  // inside the request's body
  std::string language;   // "" = absent
  std::string prefix;     // what the text begins with, "" = absent
  Format format = Format::kJson;
};

/// `prefix` is this engine's own: words that partial transcripts have shown, which the text keeps.
/// model and prompt are accepted and ignored, temperature must be 0 to 1 and is ignored (decoding
/// is greedy), as are unknown fields. 400: no or an empty file, two files, a response_format that
/// is not made here, a form that is broken. `body` must outlive the result.
ApiResult<TranscriptionForm> parse_transcription_form(std::string_view content_type,
                                                      std::string_view body);

/// `audio`: length of the recording.
io::HttpResponse transcription_response(const Transcription& transcription, Duration audio,
                                        TranscriptionForm::Format format);

}  // namespace eva::engine
