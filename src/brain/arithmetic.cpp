#include "brain/arithmetic.h"

#include <cmath>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "brain/number_words.h"
#include "brain/pattern.h"

namespace eva::brain {
namespace {

constexpr int kDepthMax = 30;
constexpr std::int64_t kFactorialMax = 170;  // 171! exceeds a double

// An operand; a bare percentage waits for what it is a percentage of.
struct Operand {
  Number value;
  bool percent = false;

  Number plain() const { return percent ? value / Number(100) : value; }
};

// Recursive descent over words. A method returns nullopt where its phrase does not stand; then the
// position is of no use and the caller goes back to where it was.
class Parser {
 public:
  explicit Parser(Tokens tokens) : tokens_(tokens) {}

  std::optional<Calculation> whole() {
    auto found = instruction();
    if (!found) {
      *this = Parser(tokens_);
      found = expression();
    }
    if (!found || operations_ == 0) return std::nullopt;
    found->count = at_;
    found->misheard = misheard_;
    if (no_result_) found->value = std::unexpected(*no_result_);
    return found;
  }

 private:
  bool take(std::string_view phrase) {
    const auto taken = find_phrase(phrase, tokens_.subspan(at_));
    if (taken) at_ += *taken;
    return taken.has_value();
  }
  bool take_any(std::initializer_list<std::string_view> phrases) {
    for (std::string_view phrase : phrases) {
      if (take(phrase)) return true;
    }
    return false;
  }

  // additive ["is what percent of" additive]
  std::optional<Calculation> expression() {
    const auto sum = additive();
    if (!sum) return std::nullopt;
    if (!take("^is|equals what percent of")) {
      return Calculation{.percent = sum->percent, .noun = true, .value = sum->value};
    }
    const auto of = additive();
    if (!of) return std::nullopt;
    ++operations_;
    return Calculation{.percent = true, .value = divide(sum->plain(), of->plain()) * Number(100)};
  }

  // Verbs and nouns that come before both operands.
  std::optional<Calculation> instruction() {
    enum class Verb { kAdd, kSubtractFrom, kDifference, kMultiply, kDivide, kPercentOf };
    std::optional<Verb> verb;
    if (take("^add|ad")) verb = Verb::kAdd;
    if (take_any({"^subtract", "^take away?"})) verb = Verb::kSubtractFrom;
    if (take("^multiply")) verb = Verb::kMultiply;
    if (take("^divide")) verb = Verb::kDivide;
    if (take("^what percent of")) verb = Verb::kPercentOf;
    const bool noun = !verb;
    if (take("^the? sum|total of")) verb = Verb::kAdd;
    if (take("^the? difference between|of")) verb = Verb::kDifference;
    if (take("^the? product of")) verb = Verb::kMultiply;
    if (take("^the? quotient of")) verb = Verb::kDivide;
    if (!verb) return std::nullopt;
    const auto a = multiplicative();
    if (!a || !take("^and|to|from|with|by|is|away")) return std::nullopt;
    take("^from");
    const auto b = additive();
    if (!b) return std::nullopt;
    ++operations_;
    return Calculation{.percent = verb == Verb::kPercentOf,
                       .noun = noun,
                       .value = [&, x = a->plain(), y = b->plain()] {
                         switch (*verb) {
                           case Verb::kAdd:
                             return x + y;
                           case Verb::kSubtractFrom:
                             return y - x;
                           case Verb::kDifference:
                             return x.value() < y.value() ? y - x : x - y;
                           case Verb::kMultiply:
                             return x * y;
                           case Verb::kDivide:
                             return divide(x, y);
                           case Verb::kPercentOf:
                             return divide(y, x) * Number(100);
                         }
                         std::unreachable();
                       }()};
  }

  std::optional<Operand> additive() {
    auto left = multiplicative();
    while (left) {
      const std::size_t before = at_;
      int sign = 0;
      if (take_any({"^+", "^plus", "^added to"})) sign = 1;
      if (sign == 0 && operations_ == 0 && take("^and")) sign = 1;  // "two and two"
      if (sign == 0 && take_any({"^-", "^minus", "^less", "^take away", "^subtract"})) sign = -1;
      const auto right = sign == 0 ? std::nullopt : multiplicative();
      if (!right) {
        at_ = before;
        return left;
      }
      ++operations_;
      // "80 plus 10 percent": of the 80.
      const Number amount = right->percent && !left->percent ? right->plain() * left->value
                            : left->percent                  ? right->plain() * Number(100)
                                                             : right->value;
      left->value = sign > 0 ? left->value + amount : left->value - amount;
    }
    return left;
  }

  std::optional<Operand> multiplicative() {
    auto left = signed_operand();
    while (left) {
      const std::size_t before = at_;
      enum class Sign { kNone, kTimes, kOver, kRemainder } sign = Sign::kNone;
      if (take_any({"^*", "^x", "^times|time", "^multiplied|multiply by|with"}))
        sign = Sign::kTimes;
      if (sign == Sign::kNone && take_any({"^/", "^divided|divide by|with", "^over"})) {
        sign = Sign::kOver;
      }
      if (sign == Sign::kNone && take("^mod|modulo|modulus")) sign = Sign::kRemainder;
      const auto right = sign == Sign::kNone ? std::nullopt : signed_operand();
      if (!right) {
        at_ = before;
        return left;
      }
      ++operations_;
      const Number a = left->plain();
      const Number b = right->plain();
      left = Operand{sign == Sign::kTimes  ? a * b
                     : sign == Sign::kOver ? divide(a, b)
                                           : remainder(a, b)};
    }
    return left;
  }

  std::optional<Operand> signed_operand() {
    if (depth_ == kDepthMax) return std::nullopt;
    ++depth_;
    std::optional<Operand> operand;
    if (take("^minus|negative|-")) {
      operand = signed_operand();
      if (operand) operand->value = Number(0) - operand->value;
    } else {
      take("^+");
      operand = percentage();
    }
    --depth_;
    return operand;
  }

  // powered ["percent" ["of" | "off" operand]] | fraction "of" operand | "double" operand
  std::optional<Operand> percentage() {
    if (take("^double|twice")) return scaled(2);
    if (take("^triple")) return scaled(3);
    const auto base = powered();
    if (!base) return std::nullopt;
    const bool percent = take_any({"^%", "^percent|per-cent", "^per cent"});
    const Number share = percent ? *base / Number(100) : *base;
    const std::size_t after = at_;
    if (percent && take("^off of?")) {
      if (auto of = signed_operand()) return counted(of->plain() * (Number(1) - share));
    } else if ((percent || !base->whole()) && take("^of")) {
      if (auto of = signed_operand()) return counted(of->plain() * share);
    }
    at_ = after;
    return Operand{*base, percent};
  }

  std::optional<Operand> counted(const Number& value) {
    ++operations_;
    return Operand{value};
  }

  std::optional<Operand> scaled(std::int64_t factor) {
    const auto operand = signed_operand();
    if (!operand) return std::nullopt;
    return counted(operand->plain() * Number(factor));
  }

  // primary {"squared" | "cubed" | "factorial"} ["to the power of" signed]
  std::optional<Number> powered() {
    auto base = primary();
    while (base) {
      std::optional<Number> exponent;
      const std::size_t before = at_;
      if (take("^squared|square")) {
        exponent = Number(2);
      } else if (take("^cubed|cube")) {
        exponent = Number(3);
      } else if (take("^factorial")) {
        base = factorial(*base);
        continue;
      } else if (take_any({"^^", "^raised? to the? power of?"})) {
        if (auto operand = signed_operand()) exponent = operand->plain();
      } else if (take("^raised? to the")) {
        exponent = ordinal_power();
      }
      if (!exponent) {
        at_ = before;
        return base;
      }
      base = raise(*base, *exponent);
    }
    return base;
  }

  // "to the third power", "to the 3rd", "to the 10th power"
  std::optional<Number> ordinal_power() {
    constexpr std::string_view kOrdinals[] = {"zeroth", "first", "second", "third",
                                              "fourth", "fifth", "sixth",  "seventh",
                                              "eighth", "ninth", "tenth"};
    if (at_ >= tokens_.size()) return std::nullopt;
    const std::string_view word = tokens_[at_].text;
    std::optional<Number> exponent;
    for (int i = 0; i <= 10; ++i) {
      if (word == kOrdinals[i]) exponent = Number(i);
    }
    if (!word.empty() && word[0] >= '0' && word[0] <= '9' && word.size() <= 5 &&
        tokens_[at_].kind == Token::Kind::kWord) {
      exponent = Number::from_digits(word.substr(0, word.size() - 2));
    }
    if (exponent) {
      ++at_;
      take("^power");
    }
    return exponent;
  }

  std::optional<Number> primary() {
    const std::size_t before = at_;
    if (take("^(")) {
      const auto inner = additive();
      if (!inner || !take("^)")) return std::nullopt;
      return inner->plain();
    }
    take("^the");
    if (take_any({"^square root of|off?", "^root of"})) return rooted(2);
    if (take_any({"^cube|cubic root of|off?"})) return rooted(3);
    if (take("^square of")) return of_power(2);
    if (take("^cube of")) return of_power(3);
    at_ = before;
    const Tokens rest = tokens_.subspan(at_);
    auto number = read_number(rest);
    if (!number) {
      number = read_number_misheard(rest);
      misheard_ = misheard_ || number;
    }
    if (!number) return std::nullopt;
    at_ += number->tokens;
    return number->value;
  }

  std::optional<Number> rooted(int degree) {
    const auto operand = signed_operand();
    if (!operand) return std::nullopt;
    ++operations_;
    const Number value = operand->plain();
    if (value.value() >= 0) return root(value, degree);
    if (degree == 3) return Number(0) - root(Number(0) - value, degree);
    return without_result(NoResult::kNotReal);
  }

  std::optional<Number> of_power(std::int64_t exponent) {
    const auto operand = signed_operand();
    if (!operand) return std::nullopt;
    return raise(operand->plain(), Number(exponent));
  }

  Number raise(const Number& base, const Number& exponent) {
    ++operations_;
    const auto result = power(base, exponent);
    if (result) return *result;
    return without_result(base.value() == 0 ? NoResult::kDivisionByZero : NoResult::kNotReal);
  }

  std::optional<Number> factorial(const Number& n) {
    ++operations_;
    const auto whole = n.whole();
    if (!whole || *whole < 0) return without_result(NoResult::kNotReal);
    if (*whole > kFactorialMax) return Number::approximation(HUGE_VAL);
    Number product = 1;
    for (std::int64_t i = 2; i <= *whole; ++i) product = product * Number(i);
    return product;
  }

  Number divide(const Number& a, const Number& b) {
    return b.value() == 0 ? without_result(NoResult::kDivisionByZero) : a / b;
  }

  Number remainder(const Number& a, const Number& b) {
    if (b.value() == 0) return without_result(NoResult::kDivisionByZero);
    const auto x = a.whole();
    const auto y = b.whole();
    if (x && y) return *y == -1 ? Number(0) : Number(*x % *y);
    return Number::approximation(std::fmod(a.value(), b.value()));
  }

  // Goes on with any value, so that the whole phrase is read; the first reason wins.
  Number without_result(NoResult reason) {
    if (!no_result_) no_result_ = reason;
    return Number(1);
  }

  Tokens tokens_;
  std::size_t at_ = 0;
  int operations_ = 0;
  int depth_ = 0;
  bool misheard_ = false;
  std::optional<NoResult> no_result_;
};

// Would the sum have gone on here, had it been understood?
bool dangles(Tokens rest) {
  if (rest.empty()) return false;
  if (rest.front().kind != Token::Kind::kWord) return rest.front().text != "=";
  return find_phrase("^plus|minus|times|multiplied|divided|over|percent|squared|cubed|point|of",
                     rest) ||
         find_phrase("^to the power", rest) || read_number(rest);
}

}  // namespace

std::optional<Calculation> find_calculation(Tokens tokens) {
  for (std::size_t first = 0; first < tokens.size(); ++first) {
    auto found = Parser(tokens.subspan(first)).whole();
    if (!found) continue;
    if (dangles(tokens.subspan(first + found->count))) return std::nullopt;
    found->first = first;
    return found;
  }
  return std::nullopt;
}

}  // namespace eva::brain
