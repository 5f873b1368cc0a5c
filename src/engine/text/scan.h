#pragma once
// A hand-written matcher over one token. std::regex is not used anywhere in this folder: it
// recurses once per character and overflows the stack on a long token.
#include <cstddef>
#include <string>
#include <string_view>

namespace eva::text {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
constexpr bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
constexpr bool is_letter(char c) {
  return is_upper(c) || is_lower(c);
}
constexpr bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
constexpr char to_lower(char c) {
  return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower(std::string_view text);
bool all_digits(std::string_view text);  // false for ""
bool all_upper(std::string_view text);   // false for ""
bool has_vowel(std::string_view text);   // a, e, i, o, u or y in either case

/// Walks over a token; every take_ function moves on only when it matches.
class Scan {
 public:
  explicit Scan(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  std::string_view rest() const { return rest_; }

  bool take(char c);
  bool take(std::string_view literal);
  bool take_ignoring_case(std::string_view lower_literal);
  std::string_view take_digits();     // "" when there is none
  std::string_view take_letters();    // "" when there is none
  std::string_view take_character();  // one byte, "" at the end

 private:
  std::string_view cut(std::size_t length);

  std::string_view rest_;
};

/// A written number: "1,250.50" is {whole "1250", fraction "50", grouped}.
struct Number {
  std::string whole;     // digits only, "" for ".5"
  std::string fraction;  // digits only, "" when there is no decimal point
  bool grouped = false;  // thousands were separated by commas

  bool is_integer() const { return fraction.empty(); }
};

/// Takes digits, comma groups of three, and a decimal part. False (nothing taken) when no number is
/// there.
bool take_number(Scan& scan, Number& number);

/// Takes a number with a decimal comma, "12,50" or "1.299,00": one or two decimals, groups of three
/// separated by points. Only what follows can tell "3,5 kg" from a list, so callers look there.
bool take_comma_number(Scan& scan, Number& number);

}  // namespace eva::text
