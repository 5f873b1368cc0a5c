#pragma once
// A child process whose end is reported on a loop.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/event_loop.h"

namespace eva::io {

struct ChildOptions {
  std::vector<std::string> argv;                         // argv[0] is the program's path
  std::vector<std::pair<std::string, std::string>> env;  // over the parent's environment
  int nice = 0;                                          // lower CPU priority than the parent
};

/// The child dies with the thread that spawned it (PR_SET_PDEATHSIG), which is the loop's, and
/// inherits standard input, output and error but no other file. Lives on the loop.
class ChildProcess {
 public:
  /// Waits until the program has been loaded (some milliseconds). kIo: it cannot be started, with
  /// the reason; or the kernel is older than Linux 5.3. on_exit: exactly once, later, with a text
  /// for people ("exit code 1", "killed by signal 9").
  static Result<std::unique_ptr<ChildProcess>> spawn(
      EventLoop& loop, const ChildOptions& options,
      std::move_only_function<void(std::string)> on_exit);
  /// SIGKILL and reap, if it still runs; on_exit is silenced.
  virtual ~ChildProcess() = default;
  virtual int pid() const = 0;
  virtual void terminate() = 0;  // SIGTERM
};

}  // namespace eva::io
