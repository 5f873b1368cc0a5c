#pragma once
// A silence that follows only how the turn sounds, whatever the language.
#include "turn/end_of_turn.h"

namespace eva::turn {

/// A third of `silence` for a turn that surely sounds over (1), three times `silence` for one that
/// surely does not (0), `silence` where the model cannot tell or has no answer.
class SmartEndOfTurn final : public EndOfTurn {
 public:
  explicit SmartEndOfTurn(Duration silence) : silence_(silence) {}
  Evidence wanted() const override { return {.text = false, .probability = true}; }
  Duration earliest() const override { return silence_ / 3; }
  Duration silence_needed(const Pause& pause) override;

 private:
  Duration silence_;
};

}  // namespace eva::turn
