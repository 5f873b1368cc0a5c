#pragma once
// One single-threaded event loop (Asio). The only clock of the program is read here.
#include <functional>
#include <memory>

#include "base/executor.h"

namespace eva::io {

/// run() gives the loop its thread; everything made on a loop lives and dies on that thread. post()
/// and stop() are the only thread-safe calls. Tasks must be short (under 1 ms): a session's audio
/// waits behind them. A task that throws BugError is logged and dropped; the loop goes on.
class EventLoop : public Executor {
 public:
  EventLoop();
  ~EventLoop() override;
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Runs tasks until stop(). May be called again afterwards.
  void run();
  /// Runs tasks until `done()` is true, asking after each; for programs without a server (eva talk)
  /// and tests.
  void run_until(const std::function<bool()>& done);
  void stop();

  /// Monotonic time since the process started.
  Time now() const override;
  void post(Task task) override;
  TimerId call_at(Time when, Task task) override;
  void cancel(TimerId id) override;

  /// Runs `task` on this loop when one of the POSIX signals arrives (instead of their default
  /// effect).
  void on_signals(std::initializer_list<int> signals, std::function<void(int)> task);

  struct Impl;  // defined in io/loop_impl.h, for src/io only
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace eva::io
