#pragma once
// Cuts a turn into what may be answered one by one.
#include <string_view>
#include <vector>

#include "brain/tokens.h"

namespace eva::brain {

/// Words at the front that carry no request: greetings, "please", "so", the assistant's name (lower
/// case, one word), "can you". Returns how many there are.
std::size_t opening_words(Tokens tokens, std::string_view assistant);

/// Sentences, and parts of them from a comma or an "and" on where a new request begins ("and what
/// ..."). Parts without any word are left out.
std::vector<Tokens> split_clauses(Tokens tokens);

}  // namespace eva::brain
