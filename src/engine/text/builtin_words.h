#pragma once
// Pronunciations that come with Eva: where Flite's lexicon and letter-to-sound rules go wrong.
#include <string_view>

#include "engine/text/lexicon.h"

namespace eva::text {

/// nullptr when the word needs no help. `word` in any case.
const Pronunciation* find_builtin(std::string_view word);

}  // namespace eva::text
