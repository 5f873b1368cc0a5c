#include "engine/text/scan.h"

#include <algorithm>

namespace eva::text {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), to_lower);
  return out;
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

bool all_upper(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_upper);
}

bool has_vowel(std::string_view text) {
  return text.find_first_of("aeiouyAEIOUY") != std::string_view::npos;
}

std::string_view Scan::cut(std::size_t length) {
  const std::string_view taken = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return taken;
}

bool Scan::take(char c) {
  if (peek() != c || rest_.empty()) return false;
  cut(1);
  return true;
}

bool Scan::take(std::string_view literal) {
  if (!rest_.starts_with(literal)) return false;
  cut(literal.size());
  return true;
}

bool Scan::take_ignoring_case(std::string_view lower_literal) {
  if (lower(rest_.substr(0, lower_literal.size())) != lower_literal) return false;
  cut(lower_literal.size());
  return true;
}

std::string_view Scan::take_digits() {
  return cut(std::find_if_not(rest_.begin(), rest_.end(), is_digit) - rest_.begin());
}

std::string_view Scan::take_letters() {
  return cut(std::find_if_not(rest_.begin(), rest_.end(), is_letter) - rest_.begin());
}

std::string_view Scan::take_character() {
  return cut(std::min<std::size_t>(1, rest_.size()));
}

namespace {

/// Digits, then groups of three behind `separator`.
void take_whole(Scan& scan, char separator, Number& number) {
  number.whole = scan.take_digits();
  if (number.whole.empty() || number.whole.size() > 3) return;
  for (;;) {
    Scan group = scan;
    if (!group.take(separator)) break;
    const std::string_view digits = group.take_digits();
    if (digits.size() != 3) break;
    number.whole += digits;
    number.grouped = true;
    scan = group;
  }
}

}  // namespace

bool take_number(Scan& scan, Number& number) {
  Scan at = scan;
  number = {};
  take_whole(at, ',', number);
  Scan point = at;
  if (point.take('.') && is_digit(point.peek())) {
    number.fraction = point.take_digits();
    at = point;
  }
  if (number.whole.empty() && number.fraction.empty()) return false;
  scan = at;
  return true;
}

bool take_comma_number(Scan& scan, Number& number) {
  Scan at = scan;
  number = {};
  take_whole(at, '.', number);
  if (number.whole.empty() || !at.take(',')) return false;
  number.fraction = at.take_digits();
  if (number.fraction.empty() || number.fraction.size() > 2) return false;
  if (at.peek() == ',' || at.peek() == '.') return false;
  scan = at;
  return true;
}

}  // namespace eva::text
