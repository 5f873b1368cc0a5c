#pragma once
// The port that decides how long a silence must last before the user's turn is over.
#include <optional>
#include <string_view>

#include "base/time.h"

namespace eva::turn {

/// What is known at a pause. All times are media time.
struct Pause {
  Duration turn_start{};  // first speech of the turn
  Duration speech_end{};  // end of the last speech
  Duration voiced{};      // speech in the turn so far, without pauses
  /// Of the turn so far, nullopt until the recogniser has answered in this pause.
  std::optional<std::string_view> text;
  /// What a model that hears the turn says: the probability that it is over. nullopt until it has
  /// answered in this pause.
  std::optional<double> probability;
  bool asked = false;  // the agent's last words were a question
};

/// What an EndOfTurn judges a pause by, besides its length.
struct Evidence {
  bool text = false;
  bool probability = false;
};

/// One per session; lives on its loop. Must not block.
class EndOfTurn {
 public:
  virtual ~EndOfTurn() = default;
  /// Decisions from earliest() on wait for it (docs/turn-taking.md, "The sample clock").
  virtual Evidence wanted() const { return {}; }
  /// No silence shorter than this ends a turn, whatever the evidence.
  virtual Duration earliest() const { return {}; }
  /// The turn ends once the silence since pause.speech_end reaches this. Asked at every window of a
  /// pause. Evidence that is wanted and absent will not come, or not in time.
  virtual Duration silence_needed(const Pause& pause) = 0;
};

/// A fixed silence, whatever was said.
class SilenceEndOfTurn final : public EndOfTurn {
 public:
  explicit SilenceEndOfTurn(Duration silence) : silence_(silence) {}
  Duration silence_needed(const Pause&) override { return silence_; }

 private:
  Duration silence_;
};

}  // namespace eva::turn
