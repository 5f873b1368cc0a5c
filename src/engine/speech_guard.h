#pragma once
// Whisper writes "you" or "Thank you." when it hears nothing. This tells such text from speech.
#include <string_view>

namespace eva::engine {

/// What the decoder knew about one part of a recording.
struct SpeechEvidence {
  double no_speech_probability;    // at the first step, before any suppression
  double average_log_probability;  // of the tokens, end of text included
};

/// `threshold` belongs to the model (whisper.json). A low average_log_probability counts against
/// the text, and the well-known phrases need better evidence than others. Measured in
/// docs/engines.md.
bool is_speech(std::string_view text, const SpeechEvidence& evidence, double threshold);

}  // namespace eva::engine
