#pragma once
// What would have happened with other settings: the same caller, the same answers, virtual time.
#include <functional>
#include <optional>
#include <vector>

#include "replay/recorded_engines.h"
#include "replay/recording.h"
#include "replay/replay.h"
#include "replay/reply_book.h"
#include "session/settings.h"
#include "session/tap.h"

namespace eva::replay {

/// Applied to what the call began with and to every later change by the client.
struct Change {
  std::function<void(session::Settings&)> settings = [](session::Settings&) {};
  std::function<void(session::Limits&)> limits = [](session::Limits&) {};
  std::optional<turn::Lexicon> lexicon;  // instead of the call's
};

/// The caller's audio and commands come at their recorded times; the detector says what it said
/// (`windows`, of the exact replay), engines answer from `book`. Nobody
/// reacts to what comes out differently: a caller who would have waited speaks as recorded. Returns
/// the answers that had to be guessed. `tap` sees the run.
std::vector<Guess> resimulate(const Recording& recording, const Windows& windows,
                              const ReplyBook& book, const EndOfTurnMaker& end_of_turn,
                              const Change& change, session::Tap& tap);

}  // namespace eva::replay
