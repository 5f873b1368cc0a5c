// "Elizabeth II", "World War I", "Chapter IV", "Super Bowl LVIII".
#include <algorithm>
#include <array>
#include <optional>

#include "engine/text/numbers.h"
#include "engine/text/rules.h"
#include "engine/text/scan.h"

namespace eva::text {
namespace {

constexpr std::array<std::string_view, 18> kNumbered = {
    "chapter", "part", "section", "volume", "act",   "scene", "war",     "phase",  "type",
    "bowl",    "book", "stage",   "title",  "level", "class", "article", "figure", "vatican"};
constexpr std::array<std::string_view, 24> kRulers = {
    "elizabeth", "henry", "louis",     "charles", "george",   "edward",  "william",  "richard",
    "james",     "john",  "paul",      "pius",    "benedict", "philip",  "napoleon", "alexander",
    "nicholas",  "peter", "catherine", "ivan",    "leo",      "gregory", "ramses",   "wilhelm"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

int digit_value(char c) {
  switch (c) {
    case 'I':
      return 1;
    case 'V':
      return 5;
    case 'X':
      return 10;
    case 'L':
      return 50;
    case 'C':
      return 100;
    default:
      return 0;
  }
}

std::string to_roman(int value) {
  constexpr std::array<std::pair<int, const char*>, 9> kSteps = {{{100, "C"},
                                                                  {90, "XC"},
                                                                  {50, "L"},
                                                                  {40, "XL"},
                                                                  {10, "X"},
                                                                  {9, "IX"},
                                                                  {5, "V"},
                                                                  {4, "IV"},
                                                                  {1, "I"}}};
  std::string out;
  for (const auto& [step, digits] : kSteps) {
    for (; value >= step; value -= step) out += digits;
  }
  return out;
}

/// 1..399 in its one proper spelling.
std::optional<int> roman_value(std::string_view core) {
  if (core.empty() || core.size() > 9) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < core.size(); ++i) {
    const int digit = digit_value(core[i]);
    if (digit == 0) return std::nullopt;
    const bool before_larger = i + 1 < core.size() && digit < digit_value(core[i + 1]);
    value += before_larger ? -digit : digit;
  }
  if (value <= 0 || to_roman(value) != core) return std::nullopt;
  return value;
}

}  // namespace

std::size_t say_roman_numeral(const Clause& clause, std::size_t at, Spoken& out) {
  std::string_view core = clause.tokens[at].core;
  const bool possessive = core.ends_with("'s");
  if (possessive) core.remove_suffix(2);
  const std::optional<int> value = roman_value(core);
  const Token* previous = clause.neighbour(at, -1);
  if (!value || previous == nullptr || !previous->after.empty()) return 0;

  const std::string before = lower(previous->core);
  const auto number = static_cast<std::uint64_t>(*value);
  if (contains(kNumbered, before)) {
    out.say(cardinal(number));
  } else if (contains(kRulers, before) && core != "I") {
    out.say("the");
    out.say(ordinal(number));
  } else if (core.size() > 1 && core.find_first_not_of("IVX") == core.npos &&
             is_upper(previous->core.front()) && !all_upper(previous->core)) {
    out.say(cardinal(number));  // "Rocky III"
  } else {
    return 0;
  }
  if (possessive) out.say("'s");
  return 1;
}

}  // namespace eva::text
