#pragma once
// The words of a transcript, as the turn decisions compare them.
#include <string>
#include <string_view>
#include <vector>

namespace eva::turn {

using Words = std::vector<std::string>;

/// Lower case (ASCII), without punctuation; an apostrophe inside a word stays, a hyphen divides.
Words words_of(std::string_view text);

}  // namespace eva::turn
