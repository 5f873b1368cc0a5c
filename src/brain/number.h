#pragma once
// Numbers for sums: exact fractions of 64-bit integers as long as they fit, then floating point.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace eva::brain {

/// A value. Every operation is exact if its operands are and its result fits into a fraction of two
/// 64-bit integers; otherwise the result is an approximation and says so when spoken.
class Number {
 public:
  Number(std::int64_t whole = 0);  // NOLINT(google-explicit-constructor): integers are numbers
  static Number approximation(double value);
  /// denominator > 0.
  static Number fraction(std::int64_t numerator, std::int64_t denominator);
  /// "1250.5": digits with at most one point, no sign.
  static Number from_digits(std::string_view digits);

  bool exact() const { return denominator_ != 0; }
  double value() const;
  /// The integer, unless this is an approximation or has a fractional part.
  std::optional<std::int64_t> whole() const;

  friend Number operator+(const Number& a, const Number& b);
  friend Number operator-(const Number& a, const Number& b);
  friend Number operator*(const Number& a, const Number& b);
  friend Number operator/(const Number& a, const Number& b);
  /// The `degree`-th root (2 or 3) of a >= 0.
  friend Number root(const Number& a, int degree);

 private:
  Number(std::int64_t numerator, std::int64_t denominator, double approximate)
      : numerator_(numerator), denominator_(denominator), approximate_(approximate) {}

  std::int64_t numerator_ = 0;    // never the smallest, so that its negative exists
  std::int64_t denominator_ = 1;  // > 0 and in lowest terms; 0: approximate_ holds the value
  double approximate_ = 0;
};

/// b must not be 0.
Number operator/(const Number& a, const Number& b);
Number root(const Number& a, int degree);
/// nullopt: no real value (0 to a negative power, a negative base to a fractional one).
std::optional<Number> power(const Number& base, const Number& exponent);

/// For the ear and the screen: "1,250", "minus 2.5", "about 3.33". Up to four decimals are given in
/// full, others are rounded to two digits after the point, or to two significant ones below 0.1.
/// "" for what is no finite number.
std::string spoken(const Number& number);

}  // namespace eva::brain
