#pragma once
// Which EndOfTurn a setting names.
#include <memory>

#include "turn/end_of_turn.h"
#include "turn/turn_machine.h"

namespace eva::turn {

/// `silence`: TurnSettings::silence. `has_model`: a model hears the turns (speech::TurnModel);
/// without one the kinds that use it go without.
std::unique_ptr<EndOfTurn> make_end_of_turn(EndOfTurnKind kind, Duration silence, bool has_model);

}  // namespace eva::turn
