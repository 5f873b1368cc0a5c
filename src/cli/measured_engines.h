#pragma once
// Real engines in virtual time: each request is run at once, and what came back arrives on the
// virtual clock after the time that it really took.
#include <functional>

#include "base/executor.h"
#include "io/event_loop.h"
#include "speech/llm.h"
#include "speech/stt.h"
#include "speech/tts.h"

namespace eva::cli {

/// The engines run on `loop`, one request at a time, so their times are those of an unloaded
/// engine. All three block inside transcribe(), complete() and speak() until the real answer is
/// complete; the callbacks then run on `clock`.
class MeasuredStt final : public speech::Stt {
 public:
  MeasuredStt(io::EventLoop& loop, Executor& clock, speech::Stt& real)
      : loop_(loop), clock_(clock), real_(real) {}
  speech::CallHandle transcribe(
      speech::SttRequest request,
      std::move_only_function<void(Result<speech::Transcript>)> done) override;

 private:
  io::EventLoop& loop_;
  Executor& clock_;
  speech::Stt& real_;
};

class MeasuredLlm final : public speech::Llm {
 public:
  MeasuredLlm(io::EventLoop& loop, Executor& clock, speech::Llm& real)
      : loop_(loop), clock_(clock), real_(real) {}
  speech::CallHandle complete(speech::LlmRequest request, speech::LlmCallbacks callbacks) override;

 private:
  io::EventLoop& loop_;
  Executor& clock_;
  speech::Llm& real_;
};

class MeasuredTts final : public speech::Tts {
 public:
  MeasuredTts(io::EventLoop& loop, Executor& clock, speech::Tts& real)
      : loop_(loop), clock_(clock), real_(real) {}
  speech::CallHandle speak(speech::TtsRequest request, speech::TtsCallbacks callbacks) override;

 private:
  io::EventLoop& loop_;
  Executor& clock_;
  speech::Tts& real_;
};

}  // namespace eva::cli
