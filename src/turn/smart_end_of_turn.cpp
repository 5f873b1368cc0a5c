#include "turn/smart_end_of_turn.h"

#include <cmath>

namespace eva::turn {

Duration SmartEndOfTurn::silence_needed(const Pause& pause) {
  if (!pause.probability) return silence_;
  const double factor = std::pow(3, 1 - 2 * *pause.probability);
  return std::max(earliest(),
                  Duration(std::llround(factor * static_cast<double>(silence_.count()))));
}

}  // namespace eva::turn
