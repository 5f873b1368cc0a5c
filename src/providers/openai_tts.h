#pragma once
// Text to speech over POST /audio/speech.
#include "io/event_loop.h"
#include "io/http_client.h"
#include "providers/provider_options.h"
#include "speech/tts.h"

namespace eva::providers {

/// Lives on the loop; `client` may be shared and outlives it and its calls. Errors and retries:
/// provider_error.h, provider_call.h.
class OpenAiTts final : public speech::Tts {
 public:
  OpenAiTts(io::EventLoop& loop, io::HttpClient& client, ProviderOptions options);
  /// An answer of another format than PCM or WAV is kProtocol; its rate is taken to be
  /// speech::kTtsRate.
  speech::CallHandle speak(speech::TtsRequest request, speech::TtsCallbacks callbacks) override;

 private:
  io::EventLoop& loop_;
  io::HttpClient& client_;
  ProviderOptions options_;
};

}  // namespace eva::providers
