#pragma once
// A silence that follows what was said and, where a model hears the turn, how it was said.
#include "turn/end_of_turn.h"

namespace eva::turn {

/// Multiplies `silence` by a factor of the words (ending.h) and one of the model's probability. A
/// short answer to a question ends soonest; "hold on" holds the floor for 8 s. The factors were
/// chosen on recordings (docs/turn-taking.md).
class DynamicEndOfTurn final : public EndOfTurn {
 public:
  /// `hears`: a model hears the turns, and its answer is waited for.
  DynamicEndOfTurn(Duration silence, bool hears) : silence_(silence), hears_(hears) {}
  Evidence wanted() const override { return {.text = true, .probability = hears_}; }
  Duration earliest() const override { return silence_ * 4 / 10; }
  Duration silence_needed(const Pause& pause) override;

 private:
  Duration silence_;
  bool hears_;
};

}  // namespace eva::turn
