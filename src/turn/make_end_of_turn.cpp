#include "turn/make_end_of_turn.h"

#include <utility>

#include "turn/dynamic_end_of_turn.h"
#include "turn/smart_end_of_turn.h"

namespace eva::turn {

std::unique_ptr<EndOfTurn> make_end_of_turn(EndOfTurnKind kind, Duration silence, bool has_model) {
  switch (kind) {
    case EndOfTurnKind::kSilence:
      return std::make_unique<SilenceEndOfTurn>(silence);
    case EndOfTurnKind::kDynamic:
      return std::make_unique<DynamicEndOfTurn>(silence, false);
    case EndOfTurnKind::kSmart:
      if (!has_model) return std::make_unique<SilenceEndOfTurn>(silence);
      return std::make_unique<SmartEndOfTurn>(silence);
    case EndOfTurnKind::kAuto:
      return std::make_unique<DynamicEndOfTurn>(silence, has_model);
  }
  std::unreachable();
}

}  // namespace eva::turn
