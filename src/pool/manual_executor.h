#pragma once
// An executor for tests with real threads: tasks run when the test asks, time moves when it says.
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

#include "base/executor.h"

namespace eva::pool {

/// Owned by the test's thread; only post() may be called from others.
class ManualExecutor final : public Executor {
 public:
  Time now() const override { return now_; }
  void post(Task task) override {
    {
      std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    posted_.notify_one();
  }
  TimerId call_at(Time when, Task task) override {
    timers_.emplace(std::pair{when, ++last_id_}, std::move(task));
    return last_id_;
  }
  void cancel(TimerId id) override {
    std::erase_if(timers_, [id](const auto& timer) { return timer.first.second == id; });
  }

  /// Runs tasks, sleeping while there are none, until done() is true.
  void run_until(const std::function<bool()>& done) {
    while (!done()) {
      std::unique_lock lock(mutex_);
      posted_.wait(lock, [this] { return !tasks_.empty(); });
      Task task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
    }
  }
  /// Runs what is posted now.
  void run_posted() {
    run_until([this] {
      std::lock_guard lock(mutex_);
      return tasks_.empty();
    });
  }
  /// Moves the time and runs the timers that are due, in order.
  void advance(Duration by) {
    now_ += by;
    while (!timers_.empty() && timers_.begin()->first.first <= now_) {
      Task task = std::move(timers_.begin()->second);
      timers_.erase(timers_.begin());
      task();
    }
  }
  std::size_t timers() const { return timers_.size(); }

 private:
  Time now_{};
  TimerId last_id_ = 0;
  std::map<std::pair<Time, TimerId>, Task> timers_;
  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<Task> tasks_;
};

}  // namespace eva::pool
