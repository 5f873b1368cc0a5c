#pragma once
// Partial transcripts over a provider's Realtime transcription session (WebSocket).
#include <memory>

#include "io/event_loop.h"
#include "io/websocket_client.h"
#include "providers/provider_options.h"
#include "speech/stt.h"

namespace eva::providers {

/// The way to one provider's sessions, and what is known about them; shared by the calls of a loop
/// and outlives them.
class TranscriptionDoor {
 public:
  TranscriptionDoor(io::EventLoop& loop, io::Url url);

  /// A session for one utterance; nullptr where the provider has said that it offers none (404, or
  /// another refusal that will not change). What is pushed before the session is open waits, 10 s
  /// of audio at most; with more, and with every failure, `on_failed` ends the stream. Errors:
  /// those of io::WebSocketClient; kOverloaded: the provider reads too slowly; kProtocol: it
  /// refused the session or ended it.
  std::unique_ptr<speech::SttStream> listen(const ProviderOptions& options,
                                            const speech::SttStreamRequest& request,
                                            speech::SttStreamCallbacks callbacks);

  /// Its transcriptions can be told what they begin with: it is Eva's own engine.
  bool takes_prefix() const { return takes_prefix_; }

 private:
  friend class TranscriptionStream;
  io::EventLoop& loop_;
  io::WebSocketClient client_;
  bool is_offered_ = true;
  bool takes_prefix_;
};

}  // namespace eva::providers
