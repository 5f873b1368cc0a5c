// Numbers and what is glued to them: percentages, units, fractions, ordinals, decades, ranges,
// sizes, versions.
#include <algorithm>
#include <array>
#include <charconv>

#include "engine/text/numbers.h"
#include "engine/text/rules.h"
#include "engine/text/scan.h"
#include "engine/text/unit.h"

namespace eva::text {
namespace {

std::uint64_t value_of(std::string_view digits) {
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

bool is_one(const Number& number) {
  return number.whole == "1" && number.is_integer();
}

std::string say_number(const Number& number) {
  if (!number.is_integer() || number.grouped) return decimal(number);
  return say_digits(number.whole);
}

void say_unit(const Number& number, const Unit& unit, Spoken& out) {
  out.say(is_one(number) ? unit.one : unit.many);
}

/// The unit that the next token is, when nothing stands between.
const Unit* unit_apart(const Clause& clause, std::size_t at) {
  const Token* next = clause.neighbour(at, 1);
  if (next == nullptr || !clause.tokens[at].after.empty() || !next->before.empty()) return nullptr;
  const Unit* unit = find_unit(next->core);
  return unit != nullptr && unit->apart ? unit : nullptr;
}

/// "3rd", "21st".
bool say_ordinal(std::string_view core, Spoken& out) {
  Scan scan(core);
  Number number;
  if (!take_number(scan, number) || !number.is_integer() || number.whole.size() > 9) return false;
  const std::string suffix = lower(scan.rest());
  if (suffix != "st" && suffix != "nd" && suffix != "rd" && suffix != "th") return false;
  out.say(ordinal(value_of(number.whole)));
  return true;
}

/// "1960s", "90s", "'60s", "1800s".
bool say_decade(std::string_view core, Spoken& out) {
  Scan scan(core);
  const std::string_view digits = scan.take_digits();
  scan.take('\'');
  if (scan.rest() != "s" || !digits.ends_with('0')) return false;
  const std::uint64_t value = value_of(digits);
  if (digits.size() == 2 && value >= 20) {
    out.say(plural(cardinal(value)));
  } else if (digits.size() == 4 && value >= 1000) {
    out.say(plural(in_pairs(static_cast<int>(value))));
  } else {
    return false;
  }
  return true;
}

/// "1/2", "3/4", "2/3", with the unit behind it; "24/7" and "9/11" are names.
std::size_t say_fraction(const Clause& clause, std::size_t at, Spoken& out) {
  Scan scan(clause.tokens[at].core);
  const std::string_view top = scan.take_digits();
  if (!scan.take('/')) return 0;
  const std::string_view bottom = scan.take_digits();
  if (top.empty() || bottom.empty() || top.size() > 4 || bottom.size() > 4) {
    return 0;
  }
  const std::string_view tail = scan.rest();
  const Unit* unit = tail.empty() ? unit_apart(clause, at) : find_unit(tail);
  if (!tail.empty() && unit == nullptr) return 0;
  if ((top == "24" && bottom == "7") || (top == "9" && bottom == "11")) {
    out.say(cardinal(top));
    out.say(cardinal(bottom));
    return 1;
  }
  const std::uint64_t numerator = value_of(top);
  const std::uint64_t denominator = value_of(bottom);
  const Token* previous = clause.neighbour(at, -1);
  const bool mixed = previous != nullptr && all_digits(previous->core) && previous->after.empty();
  if (mixed) out.say("and");
  out.say(cardinal(numerator));
  if (denominator == 2) {
    out.say(numerator == 1 ? "half" : "halves");
  } else if (denominator == 4) {
    out.say(numerator == 1 ? "quarter" : "quarters");
  } else if (denominator > 2 && numerator < denominator && denominator <= 100) {
    const std::string part = ordinal(denominator);
    out.say(numerator == 1 ? part : plural(part));
  } else {
    out.say("over");
    out.say(cardinal(denominator));
  }
  if (unit != nullptr) out.say(mixed || numerator > denominator ? unit->many : unit->one);
  return unit != nullptr && tail.empty() ? 2 : 1;
}

/// "5'11" (the closing inch mark is in the token's tail).
bool say_feet_and_inches(std::string_view core, Spoken& out) {
  Scan scan(core);
  const std::string_view feet = scan.take_digits();
  if (feet.empty() || feet.size() > 2 || !scan.take('\'')) return false;
  const std::string_view inches = scan.take_digits();
  if (inches.empty() || inches.size() > 2 || !scan.done()) return false;
  out.say(cardinal(feet));
  out.say("foot");
  out.say(cardinal(inches));
  return true;
}

/// "1.2.3" and "192.168.1.1:8080"; a 'v' before it is a version.
bool say_version(std::string_view core, Spoken& out) {
  Scan scan(core);
  const bool named = scan.take('v') || scan.take('V');
  std::vector<std::string_view> parts;
  do {
    parts.push_back(scan.take_digits());
    if (parts.back().empty()) return false;
  } while (scan.take('.'));
  constexpr std::size_t kAddressParts = 4;
  std::string_view port;
  if (parts.size() == kAddressParts && scan.take(':')) port = scan.take_digits();
  if (!scan.done() || (parts.size() < 3 && !named)) return false;
  if (named) out.say("version");
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out.say(parts.size() == kAddressParts ? "dot" : "point");
    out.say(cardinal(parts[i]));
  }
  if (!port.empty()) {
    out.say("colon");
    out.say(digit_by_digit(port));
  }
  return true;
}

/// "4x4", "1920x1080".
bool say_size(std::string_view core, Spoken& out) {
  Scan scan(core);
  std::vector<Number> sides(1);
  if (!take_number(scan, sides.back())) return false;
  while (scan.take('x')) {
    sides.emplace_back();
    if (!take_number(scan, sides.back())) return false;
  }
  if (!scan.done() || sides.size() < 2) return false;
  for (std::size_t i = 0; i < sides.size(); ++i) {
    if (i > 0) out.say("by");
    const std::uint64_t value = value_of(sides[i].whole);
    const bool four_digits = sides[i].is_integer() && value >= 1000 && value < 10'000;
    out.say(four_digits ? in_pairs(static_cast<int>(value)) : say_number(sides[i]));
  }
  return true;
}

/// "16:9".
bool say_ratio(std::string_view core, Spoken& out) {
  Scan scan(core);
  Number left;
  Number right;
  if (!take_number(scan, left) || !scan.take(':') || !take_number(scan, right) || !scan.done()) {
    return false;
  }
  out.say(decimal(left));
  out.say("to");
  out.say(decimal(right));
  return true;
}

/// A postal code directly after a state: "MA 02139".
bool say_postal_code(const Clause& clause, std::size_t at, Spoken& out) {
  const std::string& core = clause.tokens[at].core;
  const Token* previous = clause.neighbour(at, -1);
  if (core.size() != 5 || !all_digits(core) || previous == nullptr) return false;
  if (previous->core.size() != 2 || !all_upper(previous->core)) return false;
  out.say(digit_by_digit(core));
  return true;
}

/// Whether the token names one of many places: "seat 21A", "rows 5A and 5B".
bool is_label(const Clause& clause, std::size_t at) {
  constexpr std::array<std::string_view, 15> kPlaces = {
      "seat",   "gate", "row",  "apartment", "apt",     "room",     "building", "unit",
      "flight", "bus",  "line", "door",      "section", "platform", "suite"};
  constexpr std::array<std::string_view, 5> kLinks = {"and", "or", "to", "number", "-"};
  for (int back = -1;; --back) {
    const Token* token = clause.neighbour(at, back);
    if (token == nullptr) return false;
    std::string word = lower(token->core);
    if (word.ends_with('s') && word != "bus") word.pop_back();
    if (std::find(kPlaces.begin(), kPlaces.end(), word) != kPlaces.end()) return true;
    const bool link = std::find(kLinks.begin(), kLinks.end(), word) != kLinks.end();
    const bool other_label = is_digit(word.front()) && is_letter(word.back());
    if (!link && !other_label) return false;
  }
}

/// "21A" behind "seat": no unit, but a letter.
bool say_label(const Clause& clause, std::size_t at, Spoken& out) {
  Scan scan(clause.tokens[at].core);
  const std::string_view digits = scan.take_digits();
  const std::string_view letter = scan.take_letters();
  if (digits.empty() || letter.size() != 1 || !scan.done() || !is_label(clause, at)) return false;
  out.say(say_digits(digits));
  out.spell(letter);
  return true;
}

struct Prefix {
  bool about = false;
  char sign = 0;       // '-' or '+'
  bool order = false;  // "#5"
};

Prefix take_prefix(Scan& scan) {
  Prefix prefix;
  prefix.about = scan.take('~');
  prefix.order = scan.take('#');
  if (!prefix.order && (scan.peek() == '-' || scan.peek() == '+')) {
    prefix.sign = scan.peek();
    scan.take(prefix.sign);
  }
  return prefix;
}

void say_prefix(const Prefix& prefix, Spoken& out) {
  if (prefix.about) out.say("about");
  if (prefix.order) out.say("number");
  if (prefix.sign != 0) out.say(prefix.sign == '-' ? "minus" : "plus");
}

/// A decimal comma is one where a unit follows.
bool take_measured_number(const Clause& clause, std::size_t at, Scan& scan, Number& number) {
  Scan comma = scan;
  if (take_comma_number(comma, number) &&
      (comma.done() ? unit_apart(clause, at) : find_unit(comma.rest())) != nullptr) {
    scan = comma;
    return true;
  }
  return take_number(scan, number);
}

/// A number or range with what is glued to it: "72", "5-10%", "-5°C", "18+", "250ml".
std::size_t say_measure(const Clause& clause, std::size_t at, Spoken& out) {
  Scan scan(clause.tokens[at].core);
  const Prefix prefix = take_prefix(scan);
  Number low;
  if (!take_measured_number(clause, at, scan, low)) return 0;
  Number high;
  Scan range = scan;
  const bool is_range = range.take('-') && take_number(range, high);
  if (is_range) scan = range;

  const std::string_view tail = scan.rest();
  const Unit* unit = tail.empty() ? unit_apart(clause, at) : find_unit(tail);
  if (!tail.empty() && tail != "+" && unit == nullptr) return 0;
  say_prefix(prefix, out);
  out.say(say_number(low));
  if (is_range) {
    const bool split_evenly = high.whole == low.whole && high.fraction == low.fraction;  // "50-50"
    if (!split_evenly) out.say("to");
    out.say(say_number(high));
  }
  if (tail == "+") out.say("plus");
  if (unit != nullptr) say_unit(is_range ? high : low, *unit, out);
  return unit != nullptr && tail.empty() ? 2 : 1;
}

}  // namespace

std::string say_digits(std::string_view digits) {
  if (digits.size() >= 10) return digit_by_digit(digits);
  if (digits.size() == 4) {
    const auto value = static_cast<int>(value_of(digits));
    if (value >= 1100 && value < 2100) return in_pairs(value);
  }
  return cardinal(digits);
}

std::size_t say_quantity(const Clause& clause, std::size_t at, Spoken& out) {
  const std::string_view core = clause.tokens[at].core;
  if (core.find_first_of("0123456789") == std::string_view::npos) return 0;
  if (say_ordinal(core, out) || say_decade(core, out) || say_label(clause, at, out) ||
      say_feet_and_inches(core, out) || say_version(core, out) || say_size(core, out) ||
      say_ratio(core, out) || say_postal_code(clause, at, out)) {
    return 1;
  }
  const std::size_t fraction = say_fraction(clause, at, out);
  return fraction != 0 ? fraction : say_measure(clause, at, out);
}

}  // namespace eva::text
