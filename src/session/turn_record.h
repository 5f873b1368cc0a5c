#pragma once
// The ledger's row: one exchange, with every time that decides how it felt.
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace eva::session {

/// Speech over a reply, and what was made of it.
struct OverlapRecord {
  Duration start{};  // media
  std::optional<Time> ducked_at;
  std::optional<Time> held_at;
  std::optional<Time> judged_at;  // stopped or went on
  bool stopped = false;
  std::vector<std::string> words;  // what was understood, each time that it was asked
};

/// Media times are Durations since the first sample; session times are Times. A stage that did not
/// happen is nullopt.
struct TurnRecord {
  std::string user_item_id;
  std::string response_id;
  // the user
  std::optional<Duration> speech_start;  // media
  std::optional<Duration> speech_end;    // media
  std::optional<Time> speech_end_at;     // when speech_end was, on the session clock
  std::optional<Time> turn_ended_at;     // the decision
  std::optional<Time> stt_started_at;
  std::optional<Time> stt_final_at;
  std::string user_text;
  // What was prepared before the turn was over; the times of a reply that was used stand below and
  // may lie before turn_ended_at.
  int speculations = 0;
  bool speculation_used = false;
  std::size_t wasted_characters = 0;  // of the brain, in those that were not
  Duration wasted_voice{};            // of audio made for them
  // Eva
  std::optional<Time> reply_started_at;  // the request to the brain
  std::optional<Time> first_token_at;
  std::optional<Time> first_audio_at;    // from the voice
  std::optional<Time> first_audible_at;  // first frame sent to the listener
  std::string reply_text;                // all that was given to the voice
  // the end
  std::vector<OverlapRecord> overlaps;  // at most the last 100
  bool interrupted = false;
  std::optional<Time> interrupted_at;
  std::string heard_text;
  Duration heard{};   // audio heard
  std::string error;  // of the stage that failed
};

}  // namespace eva::session
