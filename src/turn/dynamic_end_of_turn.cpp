#include "turn/dynamic_end_of_turn.h"

#include <utility>

#include "turn/ending.h"

namespace eva::turn {

Duration DynamicEndOfTurn::silence_needed(const Pause& pause) {
  if (!pause.text) return silence_;
  switch (ending_of(*pause.text)) {
    case Ending::kUnknown:
      return silence_;
    case Ending::kComplete:
      return silence_ * 7 / 10;
    case Ending::kShortAnswer:
      return pause.asked ? silence_ * 4 / 10 : silence_;
    case Ending::kReading:
      return silence_ * 2;
    case Ending::kOpen:
      return silence_ * 5 / 2;
    case Ending::kHold:
      return kHold;
  }
  std::unreachable();
}

}  // namespace eva::turn
