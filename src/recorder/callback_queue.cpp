#include "recorder/callback_queue.h"

#include <utility>

namespace eva::recorder {

CallbackQueue::CallbackQueue() : thread_([this] { run(); }) {}

CallbackQueue::~CallbackQueue() {
  finish();
}

bool CallbackQueue::post(Kind kind, Callback callback) {
  std::lock_guard lock(mutex_);
  if (finishing_) return false;
  if (waiting_.size() >= (kind == Kind::kNews ? kMostNews : kMostEvents)) {
    ++lost_;
    return false;
  }
  waiting_.push_back(std::move(callback));
  changed_.notify_one();
  return true;
}

void CallbackQueue::finish() {
  {
    std::lock_guard lock(mutex_);
    finishing_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable() && thread_.get_id() != std::this_thread::get_id()) thread_.join();
}

std::size_t CallbackQueue::lost() const {
  std::lock_guard lock(mutex_);
  return lost_;
}

void CallbackQueue::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return finishing_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    Callback callback = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    try {
      callback();
    } catch (...) {  // the user's own; their next callback is not to be lost for it
    }
    callback = nullptr;
    lock.lock();
  }
}

}  // namespace eva::recorder
