#pragma once
// Whisper (tiny.en by default): log-mel, encoder on speech + 1.0 s of zeros completed with cached
// encoded silence, greedy decoding, hallucination guards. Source: Radford et al. 2022; the
// completion is Eva's own (docs/engines.md has the measurements).
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/error.h"
#include "speech/stt.h"

namespace eva::engine {

struct WhisperOptions {
  std::filesystem::path folder;  // the pack: encoder.onnx, decoder.onnx, tokens.txt, whisper.json
  int threads = 1;               // per transcription
};

/// How to listen to a recording.
struct Hearing {
  std::string language;  // ISO-639-1 or "" (English models ignore it; multilingual ones detect it)
  /// Words that the text is known to begin with; the rest is written after them. Left out of
  /// account where the recording is longer than 28 s or the words are too many for it.
  std::string prefix;
  bool unfinished = false;  // the speaker goes on: a short text is no reason to listen again
};

struct Transcription {
  std::string text;                    // trimmed UTF-8; "" when the guards say: no speech
  std::vector<speech::Word> words;     // the text's; empty where the pack knows no word times
  std::string language;                // ISO-639-1; "" when it was to be detected and nobody spoke
  double no_speech_probability = 0;    // at the first step; of several parts the lowest
  double average_log_probability = 0;  // per token, also when the guards dropped the text
  bool loop_cut = false;               // a repeated group of tokens was cut
};

/// Immutable once loaded; transcribe() may be called from several threads at once.
class Whisper {
 public:
  /// kNotFound: the folder or a file of the pack is missing. kBadConfig: not a pack of this
  /// version.
  static Result<std::unique_ptr<Whisper>> load(const WhisperOptions& options);
  virtual ~Whisper() = default;

  /// Mono 16 kHz, any length up to 10 min (longer parts than 28 s are cut at their quietest point).
  /// The same input gives the same text. Blocks the calling thread.
  /// kBadInput: too long, or an unknown language. kCancelled: `cancel` fired.
  virtual Result<Transcription> transcribe(std::span<const std::int16_t> pcm,
                                           const Hearing& hearing, CancelToken& cancel) const = 0;
};

}  // namespace eva::engine
