#pragma once
// Who speaks now: turns a stream of speech probabilities into speech starts, pauses and turn ends.
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "turn/end_of_turn.h"

namespace eva::turn {

enum class EndOfTurnKind { kSilence, kDynamic, kSmart, kAuto };

struct TurnSettings {
  double threshold = 0.5;  // speech starts at this probability, ends 0.15 below it
  EndOfTurnKind end_of_turn = EndOfTurnKind::kSilence;
  Duration silence = 500ms;    // that ends a turn; the other kinds vary it
  Duration min_speech = 96ms;  // shorter speech is no turn
  Duration stt_after = 200ms;  // a pause this long is reported, so that the STT can start
  Duration max_turn = 60s;     // a longer turn is ended
};

struct SpeechStarted {
  Duration start;
};  // media time of the first speech
struct SpeechPaused {
  Duration speech_end;
};                        // the pause has reached stt_after
struct SpeechResumed {};  // after SpeechPaused: the turn goes on
struct TurnEnded {
  Duration start;
  Duration speech_end;
};
using TurnEvent = std::variant<SpeechStarted, SpeechPaused, SpeechResumed, TurnEnded>;

/// Knows probabilities and durations only: no audio, no text, no clock. Decisions fall at window
/// ends, so they do not depend on how the audio was chunked. Not thread-safe.
///
/// kSilent → kCandidate (a window reaches the threshold) → kSpeaking (enough of them) ⇄ kPausing →
/// kSilent. A candidate dies after 96 ms without speech.
class TurnMachine {
 public:
  enum class State { kSilent, kCandidate, kSpeaking, kPausing };

  TurnMachine(const TurnSettings& settings, std::unique_ptr<EndOfTurn> end_of_turn);

  /// True while the next window, of `length`, could end the turn and evidence that decides about it
  /// is on its way: keep the window back until it is there, or nobody can wait any longer.
  bool waits(Duration length) const;
  /// The evidence that is missing will not come in this pause, or not in time.
  void give_up_evidence() { awaited_ = {}; }
  /// One window of `length` that ends at media time `end`, windows in order without gaps.
  /// Returns at most two events; the reference is valid until the next call.
  const std::vector<TurnEvent>& on_window(float probability, Duration end, Duration length);
  /// Would a window of this probability count as speech now?
  bool is_speech(float probability) const;
  /// What the recogniser made of the turn so far, nullopt if it failed; forgotten when the user
  /// goes on.
  void set_text(std::optional<std::string> text);
  /// What the model that hears the turn says in this pause, nullopt if it failed; forgotten when
  /// the user goes on.
  void set_probability(std::optional<double> probability);
  /// The evidence that this pause lacks.
  Evidence awaited() const { return awaited_; }
  /// For the turns to come: the agent's last words were a question.
  void set_asked(bool asked) { asked_ = asked; }
  /// New settings; a turn under way goes on under them.
  void configure(const TurnSettings& settings, std::unique_ptr<EndOfTurn> end_of_turn);
  /// Forgets the turn under way (buffer cleared, or committed by hand). No event.
  void reset();
  State state() const { return state_; }
  bool in_turn() const { return state_ == State::kSpeaking || state_ == State::kPausing; }
  /// Start of the candidate or turn under way.
  std::optional<Duration> speech_start() const;

 private:
  void start_turn();
  void end_turn();

  TurnSettings settings_;
  std::unique_ptr<EndOfTurn> end_of_turn_;
  State state_ = State::kSilent;
  Pause turn_;  // of the candidate or turn under way
  bool pause_reported_ = false;
  Evidence awaited_;                 // of the pause under way
  Duration heard_{};                 // end of the last window
  std::optional<std::string> text_;  // of the turn so far
  bool asked_ = false;
  std::vector<TurnEvent> events_;
};

}  // namespace eva::turn
