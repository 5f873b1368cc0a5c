#pragma once
// Audio on its way from the thread that has it to the thread that hears it.
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <span>
#include <vector>

#include "base/time.h"

namespace eva::recorder {

/// Thread-safe. Mono samples of one rate; bounded.
class AudioInbox {
 public:
  /// `wake` is called, on the pusher's thread and without a lock held, when there is audio and the
  /// taker did not know of any.
  AudioInbox(std::size_t capacity_samples, std::function<void()> wake);

  /// Waits for room, `patience` at most without any progress. Returns how many samples went in: all
  /// of them, unless the patience ended or the inbox was closed.
  std::size_t push(std::span<const std::int16_t> pcm, Duration patience);
  /// Never waits: the oldest samples give way. Returns how many were lost. A closed inbox takes
  /// none, and loses none.
  std::size_t push_dropping(std::span<const std::int16_t> pcm);
  /// At most `most` samples, the oldest first; empty: wake will be called when more come.
  std::vector<std::int16_t> take(std::size_t most);
  void clear();
  /// Ends every wait; nothing goes in any more.
  void close();
  bool closed() const;
  std::size_t size() const;

 private:
  void wake_if_needed(std::unique_lock<std::mutex>& lock);

  const std::size_t capacity_;
  const std::function<void()> wake_;
  mutable std::mutex mutex_;
  std::condition_variable room_;
  std::deque<std::int16_t> samples_;
  bool closed_ = false;
  bool awake_ = false;  // the taker was told and has not found the inbox empty since
};

}  // namespace eva::recorder
