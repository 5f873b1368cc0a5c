#pragma once
// Which answers of engines a session may get: a session trusts its host that there are no others.
#include <set>
#include <span>
#include <utility>

#include "base/ids.h"
#include "session/events.h"

namespace eva::replay {

/// Fed with all that a session decides, tells whether an event answers something that it asked for.
class OpenRequests {
 public:
  void on_actions(std::span<const session::Action> actions);
  /// False: the event answers a request that was never made, is over or was cancelled. True for
  /// every event that is no answer. An answer that ends its request is taken as given.
  bool take(const session::Event& event);

 private:
  std::set<TurnId> stt_;
  std::set<TurnId> partials_;
  std::set<TurnId> scores_;
  std::set<TurnId> llm_;
  std::set<std::pair<TurnId, std::size_t>> tts_;
};

}  // namespace eva::replay
