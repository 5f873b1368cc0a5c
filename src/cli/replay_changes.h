#pragma once
// `eva replay --set turn.silence_ms=300`: settings by the names that they have everywhere else.
#include <string>
#include <vector>

#include "base/error.h"
#include "replay/resimulate.h"

namespace eva::cli {

/// `sets`: "key=value" each; of equal keys the last counts. Changes what the keys stand for in a
/// session and nothing else. `lexicon`: the call's. kBadConfig: there is no such key, the value is
/// wrong, or the key means nothing to a recorded call.
Result<replay::Change> parse_changes(const std::vector<std::string>& sets,
                                     const turn::Lexicon& lexicon);

}  // namespace eva::cli
