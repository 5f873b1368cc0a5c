#pragma once
// The embedded engines in virtual time, without the process between: an answer arrives after the
// time that it really took.
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/executor.h"
#include "engine/voice.h"
#include "engine/whisper.h"
#include "speech/llm.h"
#include "speech/stt.h"
#include "speech/tts.h"

namespace eva::bench {

/// transcribe() blocks for as long as the recogniser takes, measured with `clock`.
class DirectStt final : public speech::Stt {
 public:
  DirectStt(Executor& world, const engine::Whisper& whisper, std::function<Time()> clock)
      : world_(world), whisper_(whisper), clock_(std::move(clock)) {}
  speech::CallHandle transcribe(
      speech::SttRequest request,
      std::move_only_function<void(Result<speech::Transcript>)> done) override;

 private:
  Executor& world_;
  const engine::Whisper& whisper_;
  std::function<Time()> clock_;
};

/// Says each text as `voice` does, and at once: what she says is not under test. Keeps all audio.
class DirectTts final : public speech::Tts {
 public:
  using Spoken = std::map<std::string, std::vector<std::int16_t>>;
  /// `spoken` outlives this and is shared between calls.
  DirectTts(Executor& world, const engine::Voice& voice, Spoken& spoken)
      : world_(world), voice_(voice), spoken_(spoken) {}
  speech::CallHandle speak(speech::TtsRequest request, speech::TtsCallbacks callbacks) override;

 private:
  Executor& world_;
  const engine::Voice& voice_;
  Spoken& spoken_;
};

/// Never answers.
class SilentLlm final : public speech::Llm {
 public:
  speech::CallHandle complete(speech::LlmRequest, speech::LlmCallbacks) override {
    return std::make_unique<speech::Call>();
  }
};

}  // namespace eva::bench
