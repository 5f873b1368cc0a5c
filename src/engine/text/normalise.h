#pragma once
// Text to the words that are said: "Dr. Smith paid $3.50" -> doctor smith paid three dollars and
// ...
#include <string_view>
#include <vector>

#include "engine/text/lexicon.h"
#include "engine/text/spoken.h"

namespace eva::text {

/// `line` is one line of plain_text(), best one clause of split_for_speech(). Words found in the
/// user's lexicon keep a pointer into it. Empty when nothing can be said.
std::vector<SpokenWord> normalise(std::string_view line, const Lexicon& lexicon);

}  // namespace eva::text
