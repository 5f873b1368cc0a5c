#pragma once
// Engines in virtual time that answer with what a recording holds, after the time that it took.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/executor.h"
#include "replay/reply_book.h"
#include "speech/llm.h"
#include "speech/stt.h"
#include "speech/tts.h"
#include "speech/turn_model.h"

namespace eva::replay {

/// An answer that is not what the engine would have said.
struct Guess {
  Time at;
  std::string what;  // for people
};

/// What the recorded engines of one run share. `book` outlives it.
struct Desk {
  Executor& executor;
  const ReplyBook& book;
  std::int64_t received = 0;  // samples of the caller that have come, kept by the run
  std::vector<Guess> guesses;
  void guess(std::string what) { guesses.push_back({executor.now(), std::move(what)}); }
};

/// Text of the same stretch of audio; else, as a guess, of the one that lies nearest, of which
/// those words are taken that were spoken in it, where there are word times; else none.
class RecordedStt final : public speech::Stt {
 public:
  explicit RecordedStt(Desk& desk) : desk_(desk) {}
  speech::CallHandle transcribe(
      speech::SttRequest request,
      std::move_only_function<void(Result<speech::Transcript>)> done) override;
  /// The partial transcripts of a turn that began within 300 ms of this; else none.
  std::unique_ptr<speech::SttStream> listen(speech::SttStreamRequest,
                                            speech::SttStreamCallbacks callbacks) override;

 private:
  Desk& desk_;
};

/// The answer to the same conversation; else to one whose last words are the same; else, as a
/// guess, the answer that was asked for nearest in time.
class RecordedLlm final : public speech::Llm {
 public:
  explicit RecordedLlm(Desk& desk) : desk_(desk) {}
  speech::CallHandle complete(speech::LlmRequest request, speech::LlmCallbacks callbacks) override;

 private:
  Desk& desk_;
};

/// The same text; else, as a guess, silence of the length that it would have.
class RecordedTts final : public speech::Tts {
 public:
  explicit RecordedTts(Desk& desk) : desk_(desk) {}
  speech::CallHandle speak(speech::TtsRequest request, speech::TtsCallbacks callbacks) override;

 private:
  Desk& desk_;
};

/// The score of a stretch that differs by at most 100 ms; else none.
class RecordedTurnModel final : public speech::TurnModel {
 public:
  explicit RecordedTurnModel(Desk& desk) : desk_(desk) {}
  std::size_t samples_wanted() const override { return SIZE_MAX; }
  speech::CallHandle score(std::vector<std::int16_t> pcm,
                           std::move_only_function<void(Result<double>)> done) override;

 private:
  Desk& desk_;
};

}  // namespace eva::replay
