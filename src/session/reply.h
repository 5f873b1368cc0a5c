#pragma once
// One reply of Eva from the request to the brain until the listener has heard it.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "session/clause_splitter.h"
#include "session/events.h"
#include "session/spoken_text.h"

namespace eva::session {

/// Plain state, changed by Session only.
struct Reply {
  enum class State {
    kWaiting,   // a transcription that belongs into the context is missing
    kThinking,  // the brain was asked, nothing is ready to be heard
    kSpeaking,  // text or audio goes out
    kSent,      // ReplyFinished is out; the listener hears the last of it
  };
  TurnId turn;
  std::string response_id;
  ReplyOptions options;
  bool audio = true;
  std::string voice;
  double speed = 1.0;
  bool interruptible = true;  // false: only a stop phrase stops it
  State state = State::kWaiting;
  TurnRecord record;

  std::string item_id;  // "" until the first token
  std::string text;     // all that the brain said
  bool text_finished = false;
  speech::LlmUsage usage;
  std::optional<Error> error;
  bool voice_failed = false;  // speaks no further piece

  ClauseSplitter splitter;
  SpokenText spoken;
  std::size_t next_tts = 0;                            // piece that the voice gets next
  std::size_t playing = 0;                             // piece whose audio goes to the playout now
  std::size_t announced = 0;                           // pieces whose text the client has
  std::vector<std::vector<std::int16_t>> early_audio;  // of pieces after `playing`, by piece
  std::vector<bool> tts_finished;                      // by piece
};

}  // namespace eva::session
