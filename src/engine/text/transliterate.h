#pragma once
// Latin letters with marks as plain ASCII letters.
#include <string_view>

namespace eva::text {

/// U+00E9 -> "e", U+00DF -> "ss". "" for what is not such a letter.
std::string_view transliterate(char32_t code);

}  // namespace eva::text
