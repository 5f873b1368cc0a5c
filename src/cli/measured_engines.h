#pragma once
// Real engines in virtual time: each request is run at once, and what came back arrives on the
// virtual clock after the time that it really took.
#include <functional>

#include "base/executor.h"
#include "io/event_loop.h"
#include "session/settings.h"
#include "speech/llm.h"
#include "speech/stt.h"
#include "speech/tts.h"
#include "speech/turn_model.h"

namespace eva::cli {

/// When to stop collecting an answer, which may have no end.
struct AnswerBounds {
  std::size_t characters = session::Limits{}.reply_characters;  // the session ends the reply there
  Duration audio = 60s;                                         // of one piece of speech
  Duration time = 60s;                                          // of one request, really taken
  std::function<bool()> interrupted = [] { return false; };     // asked after each task of the loop
};

/// The engines run on `loop`, one request at a time, so their times are those of an unloaded
/// engine. All block inside transcribe(), score(), complete() and speak() until the real answer is
/// complete or a bound is reached (the request is cancelled then); the callbacks run later, on
/// `clock`. A request over its time ends with kTimeout, over its audio with kProtocol, an
/// interrupted one with kCancelled, a reply over its characters as truncated.
class MeasuredStt final : public speech::Stt {
 public:
  MeasuredStt(io::EventLoop& loop, Executor& clock, speech::Stt& real, const AnswerBounds& bounds)
      : loop_(loop), clock_(clock), real_(real), bounds_(bounds) {}
  speech::CallHandle transcribe(
      speech::SttRequest request,
      std::move_only_function<void(Result<speech::Transcript>)> done) override;
  /// Audio is collected until it is enough for a pass (200 ms, 400 ms at first); then push() blocks
  /// until the real engine has told what it heard, at most 300 ms, and that arrives on `clock`
  /// after the time that it took.
  std::unique_ptr<speech::SttStream> listen(speech::SttStreamRequest request,
                                            speech::SttStreamCallbacks callbacks) override;

 private:
  io::EventLoop& loop_;
  Executor& clock_;
  speech::Stt& real_;
  const AnswerBounds& bounds_;
};

class MeasuredTurnModel final : public speech::TurnModel {
 public:
  MeasuredTurnModel(io::EventLoop& loop, Executor& clock, speech::TurnModel& real,
                    const AnswerBounds& bounds)
      : loop_(loop), clock_(clock), real_(real), bounds_(bounds) {}
  std::size_t samples_wanted() const override { return real_.samples_wanted(); }
  speech::CallHandle score(std::vector<std::int16_t> pcm,
                           std::move_only_function<void(Result<double>)> done) override;

 private:
  io::EventLoop& loop_;
  Executor& clock_;
  speech::TurnModel& real_;
  const AnswerBounds& bounds_;
};

class MeasuredLlm final : public speech::Llm {
 public:
  MeasuredLlm(io::EventLoop& loop, Executor& clock, speech::Llm& real, const AnswerBounds& bounds)
      : loop_(loop), clock_(clock), real_(real), bounds_(bounds) {}
  speech::CallHandle complete(speech::LlmRequest request, speech::LlmCallbacks callbacks) override;

 private:
  io::EventLoop& loop_;
  Executor& clock_;
  speech::Llm& real_;
  const AnswerBounds& bounds_;
};

class MeasuredTts final : public speech::Tts {
 public:
  MeasuredTts(io::EventLoop& loop, Executor& clock, speech::Tts& real, const AnswerBounds& bounds)
      : loop_(loop), clock_(clock), real_(real), bounds_(bounds) {}
  speech::CallHandle speak(speech::TtsRequest request, speech::TtsCallbacks callbacks) override;

 private:
  io::EventLoop& loop_;
  Executor& clock_;
  speech::Tts& real_;
  const AnswerBounds& bounds_;
};

}  // namespace eva::cli
