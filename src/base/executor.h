#pragma once
// What a session's host needs of the world: the time, a place to run later, one kind of timer.
// io::EventLoop implements it on Asio, sim::World in virtual time.
#include <cstdint>
#include <functional>

#include "base/time.h"

namespace eva {

using Task = std::move_only_function<void()>;
using TimerId = std::uint64_t;

/// Single-threaded: all tasks and timers of one executor run on its thread, one at a time, in order
/// of their time and, at equal times, in order of their creation. Only post() may be called from
/// other threads.
class Executor {
 public:
  virtual ~Executor() = default;
  /// Session time; constant while a task runs.
  virtual Time now() const = 0;
  /// Runs the task soon, never inside this call. Thread-safe in io::EventLoop.
  virtual void post(Task task) = 0;
  /// Runs the task at `when` (at once if that is past), never inside this call.
  virtual TimerId call_at(Time when, Task task) = 0;
  /// Forgets a timer; unknown and fired ids are ignored.
  virtual void cancel(TimerId id) = 0;
};

}  // namespace eva
