#pragma once
// How frequent small words sound inside a sentence.
#include <optional>
#include <string>
#include <string_view>

namespace eva::text {

struct WeakContext {
  bool vowel_follows = false;  // the next word begins with a vowel sound
  bool is_last = false;        // no word follows in the clause
};

/// "the" -> "ðə" or "ðɪ"; nullopt when the word has no form of its own. `word` in lower case.
std::optional<std::string> weak_form(std::string_view word, const WeakContext& context);

}  // namespace eva::text
