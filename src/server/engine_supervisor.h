#pragma once
// Keeps the embedded speech engine running: a child process `eva engine` on a private Unix socket.
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "io/child_process.h"
#include "io/event_loop.h"
#include "io/http_client.h"

namespace eva::server {

struct EngineChild {
  std::string program;                 // path of this very program
  std::vector<std::string> arguments;  // after "engine --listen unix:PATH"
  std::filesystem::path socket;
  int nice = 2;
};

/// Restarts the child when it dies: at once after a long life, else after 100 ms doubling to 5 s.
/// Asks /readyz every 100 ms until it is ready, then every 2 s. Lives on one loop.
class EngineSupervisor {
 public:
  struct Listener {
    std::move_only_function<void(bool ready)> on_ready;      // on every change
    std::move_only_function<void(std::string how)> on_exit;  // the child died (and is restarted)
  };
  EngineSupervisor(io::EventLoop& loop, EngineChild child, Listener listener);
  /// Ends the child (SIGKILL if it does not go by itself).
  ~EngineSupervisor();
  EngineSupervisor(const EngineSupervisor&) = delete;
  EngineSupervisor& operator=(const EngineSupervisor&) = delete;

  bool ready() const { return ready_; }
  /// What /readyz last said, for people; "" before the first answer.
  const std::string& status() const { return status_; }
  int pid() const { return child_ ? child_->pid() : 0; }

 private:
  void start();
  void died(std::string how);
  void ask();
  void set_ready(bool ready);

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
  std::string status_;
  std::string answer_;
  int answer_status_ = 0;
};

}  // namespace eva::server
