#pragma once
// A reply prepared while it is not certain yet that the user's turn is over.
#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "session/clause_splitter.h"
#include "session/events.h"

namespace eva::session {

/// Nothing of it is seen or heard: what the engines send is held back in the order in which it
/// came. If the turn ends with the text that it answers, a reply takes its place and gets all that;
/// else it is dropped and its requests are closed. Plain state, changed by Session only.
struct Speculation {
  struct Held {
    Time at;  // of its arrival
    Event event;
  };
  TurnId turn;
  std::string user_text;  // what it answers
  Time started_at{};
  ClauseSplitter splitter;     // finds the first piece, the only one that is spoken ahead
  std::size_t pieces = 0;      // given to the voice: 0 or 1
  std::size_t characters = 0;  // of the brain so far
  std::int64_t samples = 0;    // of the voice so far, 24 kHz
  std::vector<Held> held;
};

}  // namespace eva::session
