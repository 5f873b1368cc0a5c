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

/// One per session; lives on its loop. Asked at every window of a pause, so an implementation may
/// answer differently as evidence arrives. Must not block.
class EndOfTurn {
 public:
  virtual ~EndOfTurn() = default;
  /// The turn ends once the silence since pause.speech_end reaches this.
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
