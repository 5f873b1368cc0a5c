#include "engine/text/stress.h"

#include <algorithm>
#include <array>
#include <vector>

namespace eva::text {
namespace {

template <std::size_t N>
bool ends_with_any(std::string_view word, const std::array<std::string_view, N>& endings) {
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) {
    return word.size() > ending.size() && word.ends_with(ending);
  });
}

constexpr std::array<std::string_view, 5> kStressedEndings = {"eer", "ee", "ese", "ette", "oon"};
constexpr std::array<std::string_view, 18> kStressedAtEnd = {
    "understand", "understood", "july",     "cannot",   "okay",       "ok",
    "myself",     "himself",    "herself",  "itself",   "themselves", "overcome",
    "afternoon",  "bamboo",     "kangaroo", "yourself", "ourselves",  "recommend"};
constexpr std::array<std::string_view, 9> kStressBeforeEnding = {
    "ator", "ators", "ated", "ates", "ating", "ative", "izing", "ized", "izer"};
constexpr std::array<std::string_view, 2> kAdjectiveEndings = {"ary", "ory"};
constexpr std::array<std::string_view, 3> kNotAdjective = {"ntary", "ntory", "ersary"};
constexpr std::array<std::string_view, 2> kFrontEndings = {"vision", "visions"};

bool stressed_on_last(std::string_view word) {
  return ends_with_any(word, kStressedEndings) ||
         std::find(kStressedAtEnd.begin(), kStressedAtEnd.end(), word) != kStressedAtEnd.end();
}

bool stressed_on_last_but_one(std::string_view word) {
  return ends_with_any(word, kStressBeforeEnding) ||
         (ends_with_any(word, kAdjectiveEndings) && !ends_with_any(word, kNotAdjective));
}

}  // namespace

int primary_syllable(std::string_view word, std::span<const Phone> phones) {
  std::vector<int> marked;
  int syllables = 0;
  for (const Phone& phone : phones) {
    if (!phone.is_vowel()) continue;
    if (phone.stress == 1) marked.push_back(syllables);
    ++syllables;
  }
  if (marked.empty()) return -1;
  if (marked.size() == 1 || ends_with_any(word, kFrontEndings)) return marked.front();
  if (marked.back() == syllables - 1) {
    return stressed_on_last(word) ? marked.back() : marked.front();
  }
  return stressed_on_last_but_one(word) ? marked[marked.size() - 2] : marked.back();
}

int first_full_syllable(std::span<const Phone> phones) {
  int syllable = 0;
  for (const Phone& phone : phones) {
    if (!phone.is_vowel()) continue;
    if (phone.name != "ax" && phone.name != "er" && phone.name != "ih") return syllable;
    ++syllable;
  }
  return 0;
}

}  // namespace eva::text
