#pragma once
// Cuts a turn into what may be answered one by one.
#include <string_view>
#include <vector>

#include "brain/tokens.h"

namespace eva::brain {

/// Words at the front that carry no request: greetings, "please", "so", the assistant's name (lower
/// case, one word), "can you". Returns how many there are.
std::size_t opening_words(Tokens tokens, std::string_view assistant);

/// Words at the end that carry none: "please", "now", "for me", the name. Not all of the tokens.
std::size_t closing_words(Tokens tokens, std::string_view assistant);

/// Words at the front that only say that something is asked: "tell me", "do you know".
std::size_t asking_words(Tokens tokens);

/// Is it "do not ..." or "never ..."? Not so for the question "do not you ...".
bool forbids(Tokens tokens);

/// Sentences, and parts of them from a comma or an "and" on where a new request begins ("and what
/// ..."). Parts without any word are left out.
std::vector<Tokens> split_clauses(Tokens tokens);

}  // namespace eva::brain
