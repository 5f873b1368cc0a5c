#pragma once
// The place where a session can be listened to from outside: what went in, what it decided.
#include <span>
#include <string_view>

#include "base/time.h"
#include "session/events.h"

namespace eva::session {

/// Sees every event and what followed from it, in order, on the session's loop. Must not block and
/// must not call back into the host. References are valid during the call only.
class Tap {
 public:
  virtual ~Tap() = default;
  /// Before the session sees it.
  virtual void on_event(const Event& event, Time now) = 0;
  /// After the same event: all that the session decided, before any of it is performed.
  virtual void on_actions(std::span<const Action> actions) = 0;
  /// A bug ended the session while it handled an event; nothing follows.
  virtual void on_failed(std::string_view what) = 0;
};

}  // namespace eva::session
