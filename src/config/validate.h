#pragma once
// Rules between keys.
#include <string>
#include <vector>

#include "config/load.h"

namespace eva::config {

/// One sentence per broken rule, beginning with the key that is to be changed; empty = all is well.
/// Lowers turn.stt_after to turn.silence where nobody asked for a longer one, and appends warnings.
std::vector<std::string> validate(Loaded& loaded);

}  // namespace eva::config
