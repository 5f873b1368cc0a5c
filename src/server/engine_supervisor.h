#pragma once
// Keeps the embedded speech engine running: a child process `eva engine` on a private Unix socket.
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "io/child_process.h"
#include "io/event_loop.h"
#include "io/http_client.h"

namespace eva::server {

struct EngineChild {
  std::string program;                 // path of this very program
  std::vector<std::string> arguments;  // its settings, e.g. engine_arguments()
  std::filesystem::path socket;
  int nice = 2;
};

/// Flags that give the child the engine's, the models' and the log's settings in force. It then
/// reads no settings file, so that a file edited later does not change it when it is started again.
std::vector<std::string> engine_arguments(const config::Config& config);

/// Why the engine is not ready, out of what its /readyz says: "" while it loads, else what failed
/// and the way out.
std::string why_failed(std::string_view readiness);

/// Restarts the child when it dies: at once after a long life, else after 100 ms doubling to 5 s.
/// Asks /readyz every 100 ms until it is ready or has failed, then every 2 s. Lives on one loop.
class EngineSupervisor {
 public:
  struct Listener {
    std::move_only_function<void(bool ready)> on_ready;      // on every change
    std::move_only_function<void(std::string how)> on_exit;  // the child died (and is restarted)
    /// It will not become ready by itself, and why; each new reason once. Logged already. May be
    /// null.
    std::move_only_function<void(std::string why)> on_failed = nullptr;
  };
  EngineSupervisor(io::EventLoop& loop, EngineChild child, Listener listener);
  /// Ends the child (SIGKILL if it does not go by itself).
  ~EngineSupervisor();
  EngineSupervisor(const EngineSupervisor&) = delete;
  EngineSupervisor& operator=(const EngineSupervisor&) = delete;

  bool ready() const { return ready_; }
  int pid() const { return child_ ? child_->pid() : 0; }

 private:
  void start();
  void died(std::string how);
  void ask();
  void on_answer();
  void set_ready(bool ready);
  void set_failed(std::string why);

  io::EventLoop& loop_;
  EngineChild options_;
  Listener listener_;
  io::HttpClient client_;
  std::unique_ptr<io::ChildProcess> child_;
  std::unique_ptr<io::HttpCall> question_;
  TimerId timer_ = 0;
  Time started_{};
  Duration back_off_{};
  bool ready_ = false;
  std::string why_failed_;  // "" = loading, or ready
  std::string answer_;
  int answer_status_ = 0;
};

}  // namespace eva::server
