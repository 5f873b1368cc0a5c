#pragma once
// Runs the user's callbacks on a thread of their own, in order, never on the audio's path.
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace eva::recorder {

/// Thread-safe. A slow callback delays those behind it and nothing else.
class CallbackQueue {
 public:
  using Callback = std::move_only_function<void()>;
  /// What happens when the thread is behind.
  enum class Kind {
    kNews,   // soon out of date (partial texts, chunks): lost when kMostNews wait
    kEvent,  // lost only when kMostEvents wait
  };
  static constexpr std::size_t kMostNews = 256;
  static constexpr std::size_t kMostEvents = 4096;

  CallbackQueue();
  /// As finish().
  ~CallbackQueue();
  CallbackQueue(const CallbackQueue&) = delete;
  CallbackQueue& operator=(const CallbackQueue&) = delete;

  /// Never blocks. False: lost. A callback that throws is dropped; the next one runs.
  bool post(Kind kind, Callback callback);
  /// Runs what waits, then ends the thread; nothing is taken any more. Called from a callback it
  /// does not wait.
  void finish();
  std::size_t lost() const;

 private:
  void run();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Callback> waiting_;
  std::size_t lost_ = 0;
  bool finishing_ = false;
  std::thread thread_;  // last
};

}  // namespace eva::recorder
