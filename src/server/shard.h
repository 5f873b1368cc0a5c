#pragma once
// The sessions of one loop.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "io/event_loop.h"
#include "io/websocket.h"
#include "replay/call_recorder.h"
#include "replay/recording_store.h"
#include "server/engines.h"
#include "server/metrics.h"
#include "server/session_defaults.h"
#include "transport/realtime_connection.h"
#include "vad/silero_vad.h"

namespace eva::server {

/// What all shards share; read-only, outlives them.
struct ShardParts {
  const config::Config& config;
  const EngineDoors& doors;
  const vad::SileroModel& vad;
  const endpoint::TurnNetwork* turn_network;  // nullptr: turns are judged without one
  Metrics& metrics;
  replay::RecordingStore* recordings;  // nullptr: calls are not recorded
};

/// Made and destroyed with its loop stopped; in between everything runs on its loop.
class Shard {
 public:
  Shard(io::EventLoop& loop, ShardParts parts)
      : loop_(loop), parts_(parts), lexicon_(lexicon(parts.config)), clients_(loop, parts.doors) {
    if (parts_.turn_network) turn_model_.emplace(loop_, *parts_.turn_network);
  }

  void add(std::unique_ptr<io::WebSocket> socket);
  /// Says goodbye to every session.
  void close_all();
  std::size_t sessions() const { return sessions_.size(); }
  io::EventLoop& loop() { return loop_; }

 private:
  struct Entry {  // destroyed in reverse order: first the connection, then its engines
    std::unique_ptr<SessionEngines> engines;
    std::unique_ptr<replay::CallRecorder> recorder;  // may be none
    std::unique_ptr<transport::RealtimeConnection> connection;
  };

  io::EventLoop& loop_;
  ShardParts parts_;
  std::shared_ptr<const turn::Lexicon> lexicon_;
  EngineClients clients_;
  std::optional<TurnModelOfLoop> turn_model_;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, Entry> sessions_;
};

}  // namespace eva::server
