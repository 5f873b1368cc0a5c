#pragma once
// Phrases with a little give, to be found among tokens: "what time is it|at", "what is ... date".
#include <cstddef>
#include <optional>
#include <string_view>

#include "brain/tokens.h"

namespace eva::brain {

inline constexpr std::size_t kGapMax = 3;  // tokens that one `...` may skip

/// Elements are parted by single spaces: `a|b` one of these words, `a?` (also `a|b?`) may be
/// absent, `a|b*` any number of these words, in any order, also none; `...` any 0 to kGapMax
/// tokens; a leading `^` and a trailing `$` bind to the ends. Returns the number of tokens from the
/// start to the end of the first match, so that the rest can be read on.
std::optional<std::size_t> find_phrase(std::string_view pattern, Tokens tokens);

}  // namespace eva::brain
