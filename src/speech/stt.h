#pragma once
// Speech to text: one utterance in, its final text out.
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "speech/call.h"

namespace eva::speech {

inline constexpr int kSttRate = 16'000;

struct SttRequest {
  std::vector<std::int16_t> pcm;  // mono, 16 kHz
  std::string language;           // ISO-639-1, "" = the engine decides
  std::string prompt;             // spelling hints, "" = none
  /// Words that are shown already (PartialTranscript::committed): the text is to begin with them.
  /// An engine that cannot be told so may begin otherwise.
  std::string prefix;
};

struct Word {
  std::string text;  // with its punctuation, without spaces
  Duration start{};  // from the first sample of the utterance
  Duration end{};
};

struct Transcript {
  std::string text;         // trimmed UTF-8; "" = nobody said anything (silence, noise)
  std::vector<Word> words;  // empty where the engine gives no word times
};

/// What is understood of an utterance while it is being spoken.
struct PartialTranscript {
  std::string committed;    // never taken back: starts with the one before
  std::string tentative;    // what probably follows; the next one may differ
  std::vector<Word> words;  // of both, empty where the engine gives no word times
};

struct SttStreamRequest {
  std::string language;  // as in SttRequest
  std::string prompt;
};

struct SttStreamCallbacks {
  std::move_only_function<void(PartialTranscript)> on_partial;  // any number, also none
  std::move_only_function<void(Error)> on_failed;               // at most once, last
};

/// An utterance under way. Destroying it cancels it; see Call.
class SttStream {
 public:
  virtual ~SttStream() = default;
  /// The next audio, mono, 16 kHz, any length. An engine that falls behind skips passes, never
  /// audio.
  virtual void push(std::span<const std::int16_t> pcm) = 0;
};

/// Lives on the session's loop.
class Stt {
 public:
  virtual ~Stt() = default;
  /// `done` runs exactly once, later, on the session's loop, unless the handle dies first.
  /// Errors: kUnreachable, kUnavailable, kTimeout, kOverloaded, kUnauthorized, kProtocol,
  /// kBadInput.
  [[nodiscard]] virtual CallHandle transcribe(
      SttRequest request, std::move_only_function<void(Result<Transcript>)> done) = 0;
  /// Partial transcripts of an utterance that is still being spoken; its final text is asked for
  /// with transcribe(). Callbacks run later, on the session's loop. nullptr: this engine has none.
  // NOLINTNEXTLINE(performance-unnecessary-value-param): by value for the engines that keep them
  [[nodiscard]] virtual std::unique_ptr<SttStream> listen(SttStreamRequest, SttStreamCallbacks) {
    return nullptr;
  }
};

}  // namespace eva::speech
