#include "engine/text/numbers.h"

#include <array>
#include <charconv>

namespace eva::text {
namespace {

constexpr std::array<const char*, 20> kSmall = {
    "zero",     "one",     "two",     "three",     "four",     "five",    "six",
    "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr std::array<const char*, 10> kTens = {"",      "",      "twenty",  "thirty", "forty",
                                               "fifty", "sixty", "seventy", "eighty", "ninety"};
struct Scale {
  std::uint64_t value;
  const char* name;
};
constexpr std::array<Scale, 4> kScales = {{{1'000'000'000'000, "trillion"},
                                           {1'000'000'000, "billion"},
                                           {1'000'000, "million"},
                                           {1'000, "thousand"}}};
constexpr std::uint64_t kTooLarge = 1'000'000'000'000'000;

void append(std::string& out, std::string_view word) {
  if (!out.empty()) out += ' ';
  out += word;
}

void append_below_thousand(std::string& out, std::uint64_t value) {
  if (value >= 100) {
    append(out, kSmall[value / 100]);
    append(out, "hundred");
    value %= 100;
  }
  if (value >= 20) {
    append(out, kTens[value / 10]);
    value %= 10;
  }
  if (value > 0) append(out, kSmall[value]);
}

std::string ordinal_word(std::string_view word) {
  constexpr std::array<std::pair<const char*, const char*>, 7> kIrregular = {
      {{"one", "first"},
       {"two", "second"},
       {"three", "third"},
       {"five", "fifth"},
       {"eight", "eighth"},
       {"nine", "ninth"},
       {"twelve", "twelfth"}}};
  for (const auto& [from, to] : kIrregular) {
    if (word == from) return to;
  }
  if (word.ends_with('y')) return std::string(word.substr(0, word.size() - 1)) + "ieth";
  return std::string(word) + "th";
}

/// Splits off the last word of "two hundred one".
std::pair<std::string, std::string> split_last(const std::string& words) {
  const std::size_t space = words.rfind(' ');
  if (space == std::string::npos) return {"", words};
  return {words.substr(0, space + 1), words.substr(space + 1)};
}

}  // namespace

std::string cardinal(std::uint64_t value) {
  if (value == 0) return kSmall[0];
  if (value >= kTooLarge) return digit_by_digit(std::to_string(value));
  std::string out;
  for (const Scale& scale : kScales) {
    if (value < scale.value) continue;
    append_below_thousand(out, value / scale.value);
    append(out, scale.name);
    value %= scale.value;
  }
  append_below_thousand(out, value);
  return out;
}

std::string cardinal(std::string_view digits) {
  if (digits.size() > 15 || (digits.size() > 1 && digits.front() == '0')) {
    return digit_by_digit(digits);
  }
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return cardinal(value);
}

std::string ordinal(std::uint64_t value) {
  const auto [front, last] = split_last(cardinal(value));
  return front + ordinal_word(last);
}

std::string in_pairs(int value) {
  const int high = value / 100;
  const int low = value % 100;
  if (value % 1000 < 10) return cardinal(static_cast<std::uint64_t>(value));
  std::string out = cardinal(static_cast<std::uint64_t>(high));
  if (low == 0) return out + " hundred";
  if (low < 10) append(out, "oh");
  append(out, cardinal(static_cast<std::uint64_t>(low)));
  return out;
}

std::string digit_by_digit(std::string_view digits) {
  std::string out;
  for (const char c : digits) append(out, kSmall[static_cast<std::size_t>(c - '0')]);
  return out;
}

std::string decimal(const Number& number) {
  std::string out = number.whole.empty() ? "" : cardinal(number.whole);
  if (number.is_integer()) return out;
  append(out, "point");
  append(out, digit_by_digit(number.fraction));
  return out;
}

std::string plural(std::string number_words) {
  if (number_words.ends_with('y')) {
    number_words.pop_back();
    return number_words + "ies";
  }
  return number_words + (number_words.ends_with('x') ? "es" : "s");
}

}  // namespace eva::text
