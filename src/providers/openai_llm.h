#pragma once
// The brain over a streamed POST /chat/completions.
#include "io/event_loop.h"
#include "io/http_client.h"
#include "providers/provider_options.h"
#include "speech/llm.h"

namespace eva::providers {

/// Lives on the loop; `client` may be shared and outlives it and its calls. Errors and retries:
/// provider_error.h, provider_call.h.
class OpenAiLlm final : public speech::Llm {
 public:
  OpenAiLlm(io::EventLoop& loop, io::HttpClient& client, ProviderOptions options);
  speech::CallHandle complete(speech::LlmRequest request, speech::LlmCallbacks callbacks) override;

 private:
  io::EventLoop& loop_;
  io::HttpClient& client_;
  ProviderOptions options_;
};

}  // namespace eva::providers
