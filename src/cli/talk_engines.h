#pragma once
// What the calls of `eva talk` have in common: the loop, the engines, the recording.
#include <memory>
#include <optional>
#include <string>

#include "config/config.h"
#include "endpoint/turn_network.h"
#include "io/event_loop.h"
#include "replay/call_recorder.h"
#include "replay/recording_store.h"
#include "server/engine_supervisor.h"
#include "server/engines.h"
#include "session/session_host.h"
#include "vad/silero_vad.h"

namespace eva::cli {

/// Catches SIGINT and SIGTERM from its making on; a loop that runs sees them.
class TalkEngines {
 public:
  /// `config` outlives it.
  explicit TalkEngines(const config::Config& config);
  ~TalkEngines();
  TalkEngines(const TalkEngines&) = delete;
  TalkEngines& operator=(const TalkEngines&) = delete;

  /// Loads the models and waits for the engine, if the settings name none elsewhere. kCancelled: a
  /// signal came. Other errors say what to do.
  Result<> start();
  /// Makes the folder that the next call is recorded to. kIo, kBadConfig.
  Result<> record_to(const std::string& folder);

  io::EventLoop& loop() { return loop_; }
  /// The last signal, 0 = none yet.
  int signal() const { return signal_; }
  bool interrupted() const { return signal_ != 0; }

  // After start().
  session::Engines engines() { return real_->engines(); }
  /// nullptr: the settings need none.
  speech::TurnModel* turn_model() { return turn_model_ ? &turn_model_->model() : nullptr; }
  /// Of one call on `clock`. Without `partials` the recogniser hears whole turns only.
  session::SessionParts parts(Executor& clock, bool partials);
  /// Listens to that call; nullptr: it is not recorded.
  session::Tap* tap() { return recorder_.get(); }

 private:
  struct PrivateSocket;
  Result<> start_engine();

  const config::Config& config_;
  io::EventLoop loop_;
  int signal_ = 0;
  std::unique_ptr<vad::SileroModel> vad_;
  std::unique_ptr<PrivateSocket> socket_;
  std::string engine_died_;
  std::string engine_failed_;
  std::optional<server::EngineSupervisor> engine_;
  std::optional<server::EngineClients> clients_;
  std::unique_ptr<endpoint::TurnNetwork> turn_network_;
  std::optional<server::TurnModelOfLoop> turn_model_;
  std::unique_ptr<server::SessionEngines> real_;
  std::unique_ptr<replay::RecordingStore> store_;
  std::unique_ptr<replay::CallRecorder> recorder_;
};

}  // namespace eva::cli
