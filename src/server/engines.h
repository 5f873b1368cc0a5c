#pragma once
// Where STT, brain and voice are: one kind of door, whether the embedded engine or a remote pool.
#include <memory>
#include <string>

#include "config/config.h"
#include "endpoint/pooled_turn_model.h"
#include "endpoint/turn_network.h"
#include "io/event_loop.h"
#include "io/http_client.h"
#include "io/url.h"
#include "pool/worker_pool.h"
#include "providers/transcription_door.h"
#include "session/session_host.h"

namespace eva::server {

/// The three doors, resolved from the configuration.
struct EngineDoors {
  io::Url stt;
  io::Url llm;
  io::Url tts;
  bool embedded = false;  // at least one of them is the embedded engine
};

/// `embedded`: the URL of the engine child, used where the configuration names none.
/// kBadConfig: a URL is wrong.
Result<EngineDoors> resolve_doors(const config::Config& config, const io::Url& embedded);

/// The connections to the engines that all sessions of a loop share. Outlives them.
struct EngineClients {
  EngineClients(io::EventLoop& loop, const EngineDoors& doors);
  io::HttpClient stt;
  providers::TranscriptionDoor partials;  // of stt
  io::HttpClient llm;
  io::HttpClient tts;
};

/// Hears turn ends for all sessions of a loop, on one worker of its own. Lives on the loop.
class TurnModelOfLoop {
 public:
  /// `network` outlives it.
  TurnModelOfLoop(io::EventLoop& loop, const endpoint::TurnNetwork& network);
  speech::TurnModel& model() { return model_; }

 private:
  pool::WorkerPool pool_;
  endpoint::PooledTurnModel model_;
};

/// The engines of one session. Lives on its loop.
class SessionEngines {
 public:
  virtual ~SessionEngines() = default;
  virtual session::Engines engines() = 0;
};

/// Engines for a session, on its loop. `turn_model` may be null and outlives them; `user` names the
/// conversation to the brain.
std::unique_ptr<SessionEngines> make_engines(io::EventLoop& loop, EngineClients& clients,
                                             speech::TurnModel* turn_model,
                                             const config::Config& config, const std::string& user);

}  // namespace eva::server
