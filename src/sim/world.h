#pragma once
// Virtual time: runs what an event loop would run, as fast as the machine can, always in the same
// order.
#include <map>
#include <utility>

#include "base/executor.h"

namespace eva::sim {

/// Single-threaded. Ties in time are broken by the order of creation.
class World : public Executor {
 public:
  Time now() const override { return now_; }
  void post(Task task) override { call_at(now_, std::move(task)); }
  TimerId call_at(Time when, Task task) override;
  void cancel(TimerId id) override;

  /// Runs what is due up to and including `until`, then sets the clock there.
  void run_until(Time until);
  /// Runs until nothing is left or `limit` is reached; true if nothing is left.
  bool run_all(Time limit);

 private:
  bool run_next(Time limit);

  Time now_{};
  TimerId last_id_ = 0;
  std::map<std::pair<Time, TimerId>, Task> tasks_;
  std::map<TimerId, Time> times_;
};

}  // namespace eva::sim
