#pragma once
// The turns of a call as a table for people, of one run or of two beside each other.
#include <string>
#include <vector>

#include "replay/recorded_engines.h"
#include "replay/run_log.h"

namespace eva::replay {

/// One row per turn, times in seconds since the call began.
std::string turn_table(const RunLog& run);

/// What differs: turns are the same where the user's speech overlaps. A turn of the recording that
/// became several was cut.
std::string comparison_table(const RunLog& recorded, const RunLog& changed);

/// The answers that had to be guessed, a line each; "" = none.
std::string guess_list(const std::vector<Guess>& guesses, Time begin);

}  // namespace eva::replay
