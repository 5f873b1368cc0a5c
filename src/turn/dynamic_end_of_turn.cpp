#include "turn/dynamic_end_of_turn.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "turn/ending.h"

namespace eva::turn {
namespace {

constexpr Duration kHold = 8s;

double factor_of(Ending ending, bool asked) {
  switch (ending) {
    case Ending::kComplete:
      return 1;
    case Ending::kShortAnswer:
      return 1;  // unless asked for
    case Ending::kUnknown:
      return 1.4;
    case Ending::kReading:
      return 1.5;
    case Ending::kFragment:
      return asked ? 1 : 1.6;  // answers are short
    case Ending::kUnfinished:
      return 2.5;
    case Ending::kOpen:
    case Ending::kNone:
      return 4;
    case Ending::kHold:
      break;  // not a factor
  }
  std::unreachable();
}

/// 0.7 for a turn that sounds over, 1.4 for one that does not.
double factor_of(double probability) {
  return std::exp(0.7 * (0.5 - probability));
}

}  // namespace

Duration DynamicEndOfTurn::silence_needed(const Pause& pause) {
  double factor = 1;
  if (pause.text) {
    const Ending ending = ending_of(*pause.text);
    if (ending == Ending::kHold) return kHold;
    factor = factor_of(ending, pause.asked);
    if (ending == Ending::kShortAnswer && pause.asked) return earliest();
  }
  if (hears_ && pause.probability) factor *= factor_of(*pause.probability);
  const auto needed = Duration(std::llround(factor * static_cast<double>(silence_.count())));
  return std::clamp(needed, earliest(), kHold);
}

}  // namespace eva::turn
