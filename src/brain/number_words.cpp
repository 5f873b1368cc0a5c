#include "brain/number_words.h"

#include <string_view>
#include <utility>

namespace eva::brain {
namespace {

constexpr std::string_view kSmall[] = {"zero",    "one",     "two",       "three",    "four",
                                       "five",    "six",     "seven",     "eight",    "nine",
                                       "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                       "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr std::string_view kTens[] = {"",      "",      "twenty",  "thirty", "forty",
                                      "fifty", "sixty", "seventy", "eighty", "ninety"};
constexpr std::pair<std::string_view, std::int64_t> kScales[] = {{"trillion", 1'000'000'000'000},
                                                                 {"billion", 1'000'000'000},
                                                                 {"million", 1'000'000},
                                                                 {"thousand", 1'000}};

struct Fraction {
  std::string_view one, many;
  std::int64_t parts;
};
constexpr Fraction kFractions[] = {
    {"half", "halves", 2},      {"third", "thirds", 3},          {"quarter", "quarters", 4},
    {"fourth", "fourths", 4},   {"fifth", "fifths", 5},          {"sixth", "sixths", 6},
    {"seventh", "sevenths", 7}, {"eighth", "eighths", 8},        {"ninth", "ninths", 9},
    {"tenth", "tenths", 10},    {"hundredth", "hundredths", 100}};

constexpr std::pair<std::string_view, int> kMisheard[] = {{"to", 2},   {"too", 2}, {"for", 4},
                                                          {"fore", 4}, {"ate", 8}, {"won", 1},
                                                          {"tree", 3}, {"tan", 10}};

// Walks over the tokens; every method that finds nothing leaves the position alone.
class NumberReader {
 public:
  explicit NumberReader(Tokens tokens) : tokens_(tokens) {}

  std::optional<ReadNumber> read() {
    const std::optional<Number> value = mixed();
    if (!value) return std::nullopt;
    return ReadNumber{*value, at_};
  }

 private:
  std::string_view word(std::size_t ahead = 0) const {
    return at_ + ahead < tokens_.size() ? std::string_view(tokens_[at_ + ahead].text) : "";
  }
  bool take(std::string_view expected) {
    if (word() != expected) return false;
    ++at_;
    return true;
  }
  bool is_digits(std::size_t ahead = 0) const {
    return at_ + ahead < tokens_.size() && tokens_[at_ + ahead].kind == Token::Kind::kNumber;
  }

  // number ["and" fraction] | fraction
  std::optional<Number> mixed() {
    if (auto part = fraction()) return part;
    std::optional<Number> value = decimal();
    if (!value) return std::nullopt;
    const std::size_t before = at_;
    if (take("and")) {
      if (auto part = fraction()) return *value + *part;
      at_ = before;
    }
    return value;
  }

  // ["a" | small number] half, third, quarters ...
  std::optional<Number> fraction() {
    const std::size_t before = at_;
    const bool one = word() == "half" || take("a") || take("an");
    const std::optional<int> count = one ? 1 : below_twenty();
    if (count) {
      for (const Fraction& f : kFractions) {
        if (take(f.one) || take(f.many)) return Number::fraction(*count, f.parts);
      }
    }
    at_ = before;
    return std::nullopt;
  }

  std::optional<int> below_twenty() {
    for (int i = 0; i < 20; ++i) {
      if (take(kSmall[i])) return i;
    }
    return std::nullopt;
  }

  // integer ["point" digits] [scale] | "point" digits [scale]
  std::optional<Number> decimal() {
    std::optional<Number> value = is_digits() || word() != "point" ? integer() : Number(0);
    if (!value) return std::nullopt;
    const std::size_t before = at_;
    if (take("point")) {
      const std::string digits = decimals();
      if (digits.empty()) {
        at_ = before;
        return before == 0 ? std::nullopt : value;
      }
      value = *value + Number::from_digits("0." + digits);
      for (const auto& [name, factor] : kScales) {
        if (take(name)) return *value * Number(factor);
      }
    }
    return value;
  }

  std::string decimals() {
    std::string digits;
    while (digits.size() < 15) {
      if (is_digits() && word().find('.') == std::string_view::npos) {
        digits += word();
        ++at_;
        continue;
      }
      if (take("oh") || take("o") || take("nought")) {
        digits += '0';
        continue;
      }
      const std::size_t before = at_;
      const std::optional<int> digit = below_twenty();
      if (!digit || *digit > 9) {
        at_ = before;
        break;
      }
      digits += static_cast<char>('0' + *digit);
    }
    return digits.substr(0, 15);
  }

  // group [scale] {["and"] group [scale]}, the scales falling
  std::optional<Number> integer() {
    std::optional<Number> total;
    std::int64_t limit = 0;  // the next scale must be below; 0: no scale yet
    while (true) {
      const std::size_t before = at_;
      if (total) take("and");
      std::optional<Number> part = group(total.has_value());
      if (!part) {
        at_ = before;
        break;
      }
      std::int64_t factor = 1;
      for (const auto& [name, value] : kScales) {
        if (take(name)) factor = value;
      }
      if (limit != 0 && (factor >= limit || part->value() >= static_cast<double>(limit))) {
        at_ = before;
        break;
      }
      total = total.value_or(Number(0)) + *part * Number(factor);
      if (factor == 1) break;
      limit = factor;
    }
    if (total && take("dozen")) return *total * Number(12);
    return total;
  }

  // Digits, or words below a thousand ("twelve hundred" too); "a" only before a scale or a dozen.
  std::optional<Number> group(bool continued) {
    const std::size_t before = at_;
    std::optional<Number> value;
    if (is_digits()) {
      value = Number::from_digits(word());
      ++at_;
      if (continued && !value->whole()) return std::nullopt;
    } else if (word() == "a" || word() == "an") {
      for (std::string_view big :
           {"hundred", "thousand", "million", "billion", "trillion", "dozen"}) {
        if (word(1) == big) value = Number(1);
      }
      if (value) ++at_;
    } else {
      for (std::string_view big : {"hundred", "thousand", "million", "billion", "dozen"}) {
        if (word() == big) value = Number(1);  // "hundred and five"
      }
      if (!value) value = below_hundred();
    }
    if (!value) {
      at_ = before;
      return std::nullopt;
    }
    if (take("hundred")) {
      value = *value * Number(100);
      const std::size_t after = at_;
      take("and");
      if (auto rest = is_digits() ? digits_below_hundred() : below_hundred()) return *value + *rest;
      at_ = after;
    }
    return value;
  }

  std::optional<Number> digits_below_hundred() {
    const auto value = Number::from_digits(word()).whole();
    if (!value || *value >= 100) return std::nullopt;
    ++at_;
    return Number(*value);
  }

  std::optional<Number> below_hundred() {
    if (auto small = below_twenty()) return Number(*small);
    if (take("nought") || take("naught")) return Number(0);
    for (int tens = 2; tens < 10; ++tens) {
      if (!take(kTens[tens]) && !(tens == 4 && take("fourty"))) continue;
      const std::size_t before = at_;
      const std::optional<int> unit = below_twenty();
      if (unit && *unit >= 1 && *unit <= 9) return Number(tens * 10 + *unit);
      at_ = before;
      return Number(tens * 10);
    }
    return std::nullopt;
  }

  Tokens tokens_;
  std::size_t at_ = 0;
};

std::string below_thousand(std::int64_t value) {
  std::string words;
  if (value >= 100) words = std::string(kSmall[value / 100]) + " hundred";
  value %= 100;
  if (value == 0) return words;
  if (!words.empty()) words += ' ';
  if (value < 20) return words + std::string(kSmall[value]);
  words += kTens[value / 10];
  return value % 10 == 0 ? words : words + '-' + std::string(kSmall[value % 10]);
}

}  // namespace

std::optional<ReadNumber> read_number(Tokens tokens) {
  return NumberReader(tokens).read();
}

std::optional<ReadNumber> read_number_misheard(Tokens tokens) {
  if (auto number = read_number(tokens)) return number;
  if (tokens.empty()) return std::nullopt;
  for (const auto& [word, value] : kMisheard) {
    if (tokens.front().text == word) return ReadNumber{Number(value), 1};
  }
  return std::nullopt;
}

std::string number_words(std::int64_t value) {
  if (value == 0) return "zero";
  if (value < 0) return "minus " + number_words(-value);
  std::string words;
  for (const auto& [name, factor] : kScales) {
    if (value < factor) continue;
    words += (words.empty() ? "" : " ") + number_words(value / factor) + ' ' + std::string(name);
    value %= factor;
  }
  if (value > 0) words += (words.empty() ? "" : " ") + below_thousand(value);
  return words;
}

}  // namespace eva::brain
