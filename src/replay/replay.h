#pragma once
// Runs a recorded call through the core once more, exactly as it was.
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/error.h"
#include "replay/played_vad.h"
#include "replay/recording.h"
#include "session/tap.h"
#include "turn/end_of_turn.h"
#include "turn/turn_machine.h"

namespace eva::replay {

/// What ends turns, as in session::SessionParts.
using EndOfTurnMaker = std::function<std::unique_ptr<turn::EndOfTurn>(const turn::TurnSettings&)>;

/// Where the core decided otherwise than it had.
struct Difference {
  std::size_t line = 0;  // of call.jsonl
  Duration at{};         // since the recording's start
  std::string event;     // its name
  std::string recorded;  // the first decision that differs, as JSON; "" = none
  std::string replayed;
};

struct Replayed {
  std::size_t events = 0;
  std::size_t decisions = 0;             // actions, notices included
  std::optional<Difference> difference;  // the first
  Windows windows;                       // what the detector said, and of what
};

/// Every event goes in at its recorded time, every decision is compared with the recorded one.
/// After a difference the rest goes in as well, without those answers of engines that nobody asked
/// for any more. `taps` see everything. kBadInput: an answer stands in the recording to a question
/// that was never asked.
Result<Replayed> replay_exactly(const Recording& recording, const EndOfTurnMaker& end_of_turn,
                                std::span<session::Tap* const> taps);

}  // namespace eva::replay
