#pragma once
// The user's turn, from its first speech until its text is there.
#include <optional>
#include <string>

#include "base/error.h"
#include "base/ids.h"
#include "base/time.h"
#include "session/turn_record.h"
#include "speech/stt.h"
#include "turn/barge_in.h"
#include "turn/speaker_level.h"

namespace eva::session {

/// From SpeechStarted to its commit. While Eva has the floor it is not announced to the client
/// until it is known to be an interruption. Plain state, changed by Session only.
struct UserTurn {
  std::string item_id;
  Duration begin{};                                 // media time incl. prefix padding
  std::optional<TurnId> stt;                        // started in the pause, and the turn's score
  std::optional<Result<speech::Transcript>> early;  // its result
  std::optional<TurnId> listening;                  // partial transcripts
  Duration fed{};                                   // media time up to which they have the audio
  std::string shown;                                // words the client has; never taken back
  turn::SpeechPower power;                          // of its speech while Eva was silent
  TurnRecord record;
};

/// Committed audio whose text is awaited. Plain state, changed by Session only.
struct Transcribing {
  std::string item_id;
  Duration audio{};
  bool respond = false;
  std::string shown;  // words the client has
  turn::SpeechPower power;
  TurnRecord record;
};

/// Speech while Eva has the floor, until it is judged or over. Plain state, changed by Session
/// only.
struct Overlap {
  turn::BargeIn judge;
  std::optional<TurnId> probe;  // its words are awaited
  OverlapRecord record;
};

}  // namespace eva::session
