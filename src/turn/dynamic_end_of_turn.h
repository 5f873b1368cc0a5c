#pragma once
// The silence that ends a turn follows what was said.
#include "turn/end_of_turn.h"

namespace eva::turn {

/// Shorter than `silence` after a finished sentence, longer after "and", "um" or a group of digits,
/// 8 s after "wait". Without a text yet, or with one that tells nothing, `silence` itself.
class DynamicEndOfTurn final : public EndOfTurn {
 public:
  static constexpr Duration kHold = 8s;

  explicit DynamicEndOfTurn(Duration silence) : silence_(silence) {}
  Duration silence_needed(const Pause& pause) override;

 private:
  Duration silence_;
};

}  // namespace eva::turn
