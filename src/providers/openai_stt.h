#pragma once
// Speech to text over POST /audio/transcriptions.
#include "io/event_loop.h"
#include "io/http_client.h"
#include "providers/provider_options.h"
#include "speech/stt.h"

namespace eva::providers {

/// Lives on the loop; `client` may be shared and outlives it and its calls. Errors and retries:
/// provider_error.h, provider_call.h.
class OpenAiStt final : public speech::Stt {
 public:
  OpenAiStt(io::EventLoop& loop, io::HttpClient& client, ProviderOptions options);
  speech::CallHandle transcribe(
      speech::SttRequest request,
      std::move_only_function<void(Result<speech::Transcript>)> done) override;

 private:
  io::EventLoop& loop_;
  io::HttpClient& client_;
  ProviderOptions options_;
};

}  // namespace eva::providers
