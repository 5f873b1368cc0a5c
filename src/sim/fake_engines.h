#pragma once
// Scripted engines in virtual time: delays, faults, hangs, and a count of what was cancelled.
#include <deque>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "base/executor.h"
#include "speech/llm.h"
#include "speech/stt.h"
#include "speech/tts.h"
#include "speech/turn_model.h"

namespace eva::sim {

/// How one request goes. A uniform random delay from the range; then success, failure or never.
struct Behaviour {
  enum class Fault { kNone, kFail, kHang, kFailMidway };
  Duration min_delay = 50ms;
  Duration max_delay = 50ms;
  Fault fault = Fault::kNone;
};

/// Shared by the fakes: the executor, one seeded generator, counters.
struct EngineStats {
  int started = 0;
  int finished = 0;
  int cancelled = 0;
};

/// Reads the words of coded speech.
class FakeStt final : public speech::Stt {
 public:
  FakeStt(Executor& executor, std::uint64_t seed) : executor_(executor), random_(seed) {}
  speech::CallHandle transcribe(
      speech::SttRequest request,
      std::move_only_function<void(Result<speech::Transcript>)> done) override;
  /// Partial transcripts: a pass after each 200 ms of audio, `behaviour` late. All words but the
  /// last `held_back` are committed, those are tentative.
  std::unique_ptr<speech::SttStream> listen(speech::SttStreamRequest request,
                                            speech::SttStreamCallbacks callbacks) override;
  Behaviour behaviour;
  bool offers_partials = true;
  std::size_t held_back = 1;
  EngineStats stats;
  EngineStats streams;                // finished: failed
  std::vector<std::string> prefixes;  // of the requests

 private:
  Executor& executor_;
  std::mt19937_64 random_;
};

/// Answers each request with `script(request)`, word by word.
class FakeLlm final : public speech::Llm {
 public:
  FakeLlm(Executor& executor, std::uint64_t seed) : executor_(executor), random_(seed) {}
  speech::CallHandle complete(speech::LlmRequest request, speech::LlmCallbacks callbacks) override;
  Behaviour behaviour{.min_delay = 100ms, .max_delay = 100ms};
  Duration per_word = 10ms;
  std::function<std::string(const speech::LlmRequest&)> script;
  EngineStats stats;
  std::vector<speech::LlmRequest> requests;

 private:
  Executor& executor_;
  std::mt19937_64 random_;
};

/// Speaks "w12 w13" as coded speech, other words as 100 ms of a hum; one chunk of audio per word.
class FakeTts final : public speech::Tts {
 public:
  FakeTts(Executor& executor, std::uint64_t seed) : executor_(executor), random_(seed) {}
  speech::CallHandle speak(speech::TtsRequest request, speech::TtsCallbacks callbacks) override;
  Behaviour behaviour{.min_delay = 80ms, .max_delay = 80ms};
  Duration per_word = 5ms;
  EngineStats stats;

 private:
  Executor& executor_;
  std::mt19937_64 random_;
};

/// Judges a turn by its words: the same words always get the same probability, other words another.
class FakeTurnModel final : public speech::TurnModel {
 public:
  FakeTurnModel(Executor& executor, std::uint64_t seed) : executor_(executor), random_(seed) {}
  std::size_t samples_wanted() const override { return 8 * 16'000; }
  speech::CallHandle score(std::vector<std::int16_t> pcm,
                           std::move_only_function<void(Result<double>)> done) override;
  Behaviour behaviour{.min_delay = 40ms, .max_delay = 40ms};
  EngineStats stats;

 private:
  Executor& executor_;
  std::mt19937_64 random_;
};

}  // namespace eva::sim
