#pragma once
// Speech to text over POST /audio/transcriptions; partial transcripts over a Realtime session.
#include "io/event_loop.h"
#include "io/http_client.h"
#include "providers/provider_options.h"
#include "providers/transcription_door.h"
#include "speech/stt.h"

namespace eva::providers {

/// Lives on the loop; `client` and `partials` (null: no partial transcripts) may be shared and
/// outlive it and its calls. Errors and retries:
/// provider_error.h, provider_call.h.
class OpenAiStt final : public speech::Stt {
 public:
  OpenAiStt(io::EventLoop& loop, io::HttpClient& client, TranscriptionDoor* partials,
            ProviderOptions options);
  speech::CallHandle transcribe(
      speech::SttRequest request,
      std::move_only_function<void(Result<speech::Transcript>)> done) override;
  std::unique_ptr<speech::SttStream> listen(speech::SttStreamRequest request,
                                            speech::SttStreamCallbacks callbacks) override;

 private:
  io::EventLoop& loop_;
  io::HttpClient& client_;
  TranscriptionDoor* const partials_;
  ProviderOptions options_;
};

}  // namespace eva::providers
