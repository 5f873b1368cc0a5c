#pragma once
// Whole UTF-8 texts: cleaning what comes in, shaping what goes out.
#include <cstddef>
#include <string>
#include <string_view>

namespace eva::brain {

/// Valid UTF-8 on one line: malformed bytes are dropped, control characters become spaces.
std::string clean_utf8(std::string_view text);

/// At most `characters` code points of valid UTF-8, cut after a whole word where one ends in the
/// second half of what fits; no trailing spaces or commas after a cut.
std::string cut_at_word(std::string_view text, std::size_t characters);

/// As a sentence: first ASCII letter in upper case, a full stop unless it ends with punctuation.
std::string as_sentence(std::string text);

/// Upper case for the first byte if it is an ASCII letter.
std::string capitalised(std::string text);

}  // namespace eva::brain
