#pragma once
// What a client may set for its session.
#include <optional>
#include <string>

#include "base/time.h"
#include "turn/barge_in.h"
#include "turn/turn_machine.h"

namespace eva::session {

struct TurnDetection {
  turn::TurnSettings turn;
  Duration prefix_padding = 300ms;  // audio kept before the first speech: first phonemes are quiet
  bool create_response = true;      // answer when a turn ends
  bool interrupt_response = true;   // the user may stop the reply under way
  turn::BargeInSettings barge_in;   // how that is decided
};

struct Settings {
  std::string instructions;
  std::optional<TurnDetection> turn_detection = TurnDetection{};  // nullopt: the client commits
  std::string language;  // of the user, "" = the engine decides
  std::string prompt;    // spelling hints for the STT
  std::string voice;     // "" = the provider's
  double speed = 1.0;
  bool audio_output = true;  // false: text replies
  std::optional<int> max_output_tokens;
};

/// When nobody says anything after Eva has spoken.
struct LongSilence {
  Duration after{};                             // 0 = nothing happens
  std::string prompt = "Are you still there?";  // said then, `prompts` times in a row
  int prompts = 2;
  std::string goodbye;  // said after them; then the call is over. "" = it is not ended
};

/// Bounds that the operator sets; the client cannot change them.
struct Limits {
  LongSilence silence;
  std::size_t items = 1000;                 // of the conversation; the oldest go first
  std::size_t context_characters = 48'000;  // of the conversation sent to the brain
  std::size_t reply_characters = 16'000;    // a longer reply is ended there
  Duration manual_buffer = 10min;           // input audio waiting for a commit
  Duration playout_lead = 100ms;            // audio sent before it is due
  bool echo_guard = false;  // tell her own voice in the user's audio from the user's
  bool level_gate = false;  // speech much quieter than the user's is somebody else's
  bool partials = true;     // ask the recogniser for partial transcripts
  int speculations = 3;     // replies prepared per turn before it is certain to be over, 0 = none
};

}  // namespace eva::session
