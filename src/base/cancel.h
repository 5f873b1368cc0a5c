#pragma once
// Tells a computation on another thread that nobody wants its result any more.
#include <atomic>
#include <functional>
#include <mutex>
#include <utility>

namespace eva {

/// Thread-safe. The requester calls cancel(); the worker polls cancelled() or hangs a Hook on it
/// that pokes a library call (ONNX Runtime's terminate flag). Cancelling twice is harmless.
class CancelToken {
 public:
  void cancel() {
    std::lock_guard lock(mutex_);
    if (cancelled_.exchange(true)) return;
    if (hook_) hook_();
  }
  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }

  /// While alive, `poke` runs once when the token is cancelled (at once if it already is).
  /// One hook at a time per token; the poke runs under the token's lock, so once ~Hook returns it
  /// neither runs nor will run, and it must not call back into the token.
  class Hook {
   public:
    Hook(CancelToken& token, std::function<void()> poke) : token_(token) {
      std::lock_guard lock(token_.mutex_);
      token_.hook_ = std::move(poke);
      if (token_.cancelled()) token_.hook_();
    }
    ~Hook() {
      std::lock_guard lock(token_.mutex_);
      token_.hook_ = nullptr;
    }
    Hook(const Hook&) = delete;
    Hook& operator=(const Hook&) = delete;

   private:
    CancelToken& token_;
  };

 private:
  std::atomic<bool> cancelled_{false};
  std::mutex mutex_;
  std::function<void()> hook_;
};

}  // namespace eva
