#include "brain/number.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <numeric>

namespace eva::brain {
namespace {

constexpr double kInWords = 1e15;  // from here on approximations are told as a power of ten

std::string with_commas(std::uint64_t value) {
  std::string digits = fmt::format("{}", value);
  for (std::size_t i = digits.size(); i > 3;) digits.insert(i -= 3, ",");
  return digits;
}

std::string without_trailing_zeros(std::string decimals) {
  if (decimals.find('.') == std::string::npos) return decimals;
  decimals.erase(decimals.find_last_not_of('0') + 1);
  if (decimals.back() == '.') decimals.pop_back();
  return decimals;
}

// value > 0
std::string rounded(double value) {
  int exponent = static_cast<int>(std::floor(std::log10(value)));
  if (value >= kInWords || exponent < -4) {
    double factor = value / std::pow(10.0, exponent);
    if (factor >= 9.995) {  // would be printed as 10.00
      factor /= 10;
      ++exponent;
    }
    return fmt::format("{} times 10 to the power of {}{}",
                       without_trailing_zeros(fmt::format("{:.2f}", factor)),
                       exponent < 0 ? "minus " : "", std::abs(exponent));
  }
  const int decimals = exponent >= -1 ? 2 : 1 - exponent;
  const std::string text = fmt::format("{:.{}f}", value, decimals);
  const std::size_t point = text.find('.');
  return without_trailing_zeros(with_commas(std::stoull(text.substr(0, point))) +
                                text.substr(point));
}

std::optional<std::int64_t> exact_root(std::int64_t value, int degree) {
  const auto guess = static_cast<std::int64_t>(std::llround(
      degree == 2 ? std::sqrt(static_cast<double>(value)) : std::cbrt(static_cast<double>(value))));
  std::int64_t product = 1;
  for (int i = 0; i < degree; ++i) {
    if (__builtin_mul_overflow(product, guess, &product)) return std::nullopt;
  }
  return product == value ? std::optional(guess) : std::nullopt;
}

}  // namespace

Number::Number(std::int64_t whole) : Number(fraction(whole, 1)) {}

Number Number::approximation(double value) {
  return Number(0, 0, value);
}

Number Number::fraction(std::int64_t numerator, std::int64_t denominator) {
  if (numerator == std::numeric_limits<std::int64_t>::min()) {
    return approximation(static_cast<double>(numerator) / static_cast<double>(denominator));
  }
  const std::int64_t common = std::gcd(numerator, denominator);
  return Number(numerator / common, denominator / common, 0);
}

Number Number::from_digits(std::string_view digits) {
  std::int64_t value = 0;
  std::int64_t scale = 1;
  bool point = false;
  for (char c : digits) {
    if (c == '.') {
      point = true;
      continue;
    }
    if (__builtin_mul_overflow(value, 10, &value) ||
        __builtin_add_overflow(value, c - '0', &value) ||
        (point && __builtin_mul_overflow(scale, 10, &scale))) {
      return approximation(std::strtod(std::string(digits).c_str(), nullptr));
    }
  }
  return fraction(value, scale);
}

double Number::value() const {
  if (!exact()) return approximate_;
  return static_cast<double>(numerator_) / static_cast<double>(denominator_);
}

std::optional<std::int64_t> Number::whole() const {
  return denominator_ == 1 ? std::optional(numerator_) : std::nullopt;
}

Number operator+(const Number& a, const Number& b) {
  if (a.exact() && b.exact()) {
    const std::int64_t common = std::gcd(a.denominator_, b.denominator_);
    std::int64_t left = 0;
    std::int64_t right = 0;
    std::int64_t sum = 0;
    std::int64_t denominator = 0;
    if (!__builtin_mul_overflow(a.numerator_, b.denominator_ / common, &left) &&
        !__builtin_mul_overflow(b.numerator_, a.denominator_ / common, &right) &&
        !__builtin_add_overflow(left, right, &sum) &&
        !__builtin_mul_overflow(a.denominator_, b.denominator_ / common, &denominator)) {
      return Number::fraction(sum, denominator);
    }
  }
  return Number::approximation(a.value() + b.value());
}

Number operator-(const Number& a, const Number& b) {
  return a + b * Number(-1);
}

Number operator*(const Number& a, const Number& b) {
  if (a.exact() && b.exact()) {
    const std::int64_t left = std::gcd(a.numerator_, b.denominator_);
    const std::int64_t right = std::gcd(b.numerator_, a.denominator_);
    std::int64_t numerator = 0;
    std::int64_t denominator = 0;
    if (!__builtin_mul_overflow(a.numerator_ / left, b.numerator_ / right, &numerator) &&
        !__builtin_mul_overflow(a.denominator_ / right, b.denominator_ / left, &denominator)) {
      return Number::fraction(numerator, denominator);
    }
  }
  return Number::approximation(a.value() * b.value());
}

Number operator/(const Number& a, const Number& b) {
  if (!b.exact()) return Number::approximation(a.value() / b.value());
  const bool negative = b.numerator_ < 0;
  return a * Number::fraction(negative ? -b.denominator_ : b.denominator_,
                              negative ? -b.numerator_ : b.numerator_);
}

Number root(const Number& a, int degree) {
  if (a.exact()) {
    const auto numerator = exact_root(a.numerator_, degree);
    const auto denominator = exact_root(a.denominator_, degree);
    if (numerator && denominator) return Number::fraction(*numerator, *denominator);
  }
  return Number::approximation(degree == 2 ? std::sqrt(a.value()) : std::cbrt(a.value()));
}

std::optional<Number> power(const Number& base, const Number& exponent) {
  const auto whole = exponent.whole();
  if (base.value() == 0 && exponent.value() < 0) return std::nullopt;
  if (!whole ||
      std::abs(*whole) > 64) {  // 2^64 does not fit any more: only 0 and +-1 lose exactness
    const double result = std::pow(base.value(), exponent.value());
    if (std::isnan(result)) return std::nullopt;
    return base.whole() && std::abs(base.value()) <= 1 && whole
               ? Number(static_cast<std::int64_t>(result))
               : Number::approximation(result);
  }
  Number product = 1;
  for (std::int64_t i = 0; i < std::abs(*whole); ++i) product = product * base;
  return *whole < 0 ? Number(1) / product : product;
}

std::string spoken(const Number& number) {
  const double value = number.value();
  if (!std::isfinite(value)) return "";
  const std::string minus = value < 0 ? "minus " : "";
  if (auto whole = number.whole()) {
    return minus + with_commas(*whole < 0 ? 0 - static_cast<std::uint64_t>(*whole)
                                          : static_cast<std::uint64_t>(*whole));
  }
  if (value == 0) return "about 0";
  const double size = std::abs(value);
  if (auto scaled = (number * Number(10'000)).whole()) {  // at most four decimals
    const auto digits = static_cast<std::uint64_t>(std::abs(*scaled));
    return minus + without_trailing_zeros(
                       fmt::format("{}.{:04}", with_commas(digits / 10'000), digits % 10'000));
  }
  return "about " + minus + rounded(size);
}

}  // namespace eva::brain
