#pragma once
// `eva serve`: accepts, places each session on a loop, answers the small HTTP questions.
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "config/config.h"
#include "io/event_loop.h"

namespace eva::server {

struct ServerOptions {
  config::Config config;
  std::string program;               // path of this program, for the engine child
  std::filesystem::path vad_model;   // silero_vad_16k.onnx
  std::filesystem::path turn_model;  // of smart and auto (endpoint/turn_network.h)
};

/// Routes: / (the page), /v1/realtime (WebSocket), /healthz, /readyz, /metrics.
class Server {
 public:
  /// Starts listening and, if a door is embedded, the engine child. On loops.front(); the loops are
  /// run by the caller. kBadConfig: not loopback without API keys; kNotFound: the VAD model is
  /// missing; kIo: the address cannot be used.
  static Result<std::unique_ptr<Server>> start(std::vector<io::EventLoop*> loops,
                                               ServerOptions options);
  /// After the loops have stopped, on the thread that ran loops.front().
  virtual ~Server() = default;

  /// "127.0.0.1:8000" as bound.
  virtual std::string address() const = 0;
  /// Runs once on loops.front(), when the engines are ready to answer.
  virtual void on_ready(std::function<void()> task) = 0;
  /// Stops accepting; calls may go on for config.server.drain, then they are closed (1001). `done`
  /// runs on loops.front() when no call is left. On loops.front().
  virtual void drain(std::function<void()> done) = 0;
};

}  // namespace eva::server
