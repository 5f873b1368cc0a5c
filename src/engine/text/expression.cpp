#include "engine/text/expression.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "engine/text/numbers.h"
#include "engine/text/rules.h"
#include "engine/text/scan.h"

namespace eva::text {
namespace {

/// Longer ones before those that they begin with.
constexpr std::array<Operator, 13> kOperators = {{{"==", "equals", true},
                                                  {"!=", "is not", true},
                                                  {"<=", "at most", true},
                                                  {">=", "at least", true},
                                                  {"=", "equals", true},
                                                  {"<", "less than", true},
                                                  {">", "greater than", true},
                                                  {"*", "times", true},
                                                  {"^", "to the", true},
                                                  {"+", "plus", true},
                                                  {"-", "minus", false},
                                                  {"/", "over", false},
                                                  {"x", "times", false}}};

struct Exponent {
  bool negative = false;
  std::string_view digits;
};

/// One step of an expression: a number, a variable, or what stands between two of them.
struct Part {
  std::optional<Number> number;
  std::optional<Exponent> exponent;  // of the number: the "-3" of "1.5e-3"
  std::string_view letters;
  const Operator* sign = nullptr;
};

using Parts = std::vector<Part>;

class ExpressionParser {
 public:
  explicit ExpressionParser(std::string_view core) : scan_(core) {}

  /// Nothing when `core` is anything but values with operators between them.
  std::optional<Parts> run() {
    if (!take_value()) return std::nullopt;
    while (!scan_.done()) {
      if (!take_operator() || !take_value()) return std::nullopt;
    }
    return std::move(parts_);
  }

 private:
  bool take_value() {
    while (scan_.take('(')) {
    }
    if (scan_.take('-')) parts_.push_back({.sign = find_operator("-")});
    if (!take_number_part() && !take_letters_part()) return false;
    while (scan_.take(')')) {
    }
    return true;
  }

  bool take_number_part() {
    Number number;
    if (!take_number(scan_, number)) return false;
    parts_.push_back({.number = std::move(number), .exponent = take_exponent()});
    const std::string_view rest = scan_.rest();
    const bool product = rest.size() > 1 && rest[0] == 'x' && is_digit(rest[1]);
    return rest.empty() || !is_letter(rest[0]) || product || take_letters_part();  // "2y"
  }

  std::optional<Exponent> take_exponent() {
    Scan scan = scan_;
    if (!scan.take('e') && !scan.take('E')) return std::nullopt;
    Exponent exponent{.negative = scan.take('-')};
    if (!exponent.negative) scan.take('+');
    exponent.digits = scan.take_digits();
    if (exponent.digits.empty() || is_letter(scan.peek())) return std::nullopt;
    scan_ = scan;
    return exponent;
  }

  bool take_letters_part() {
    const std::string_view letters = scan_.take_letters();
    const bool coefficient = !parts_.empty() && parts_.back().number.has_value();
    if (letters.empty() || (coefficient && letters.size() > 1)) return false;
    if (letters.size() > 1 && !parts_.empty() && !parts_.back().sign->sure) return false;
    parts_.push_back({.letters = letters});
    return true;
  }

  bool take_operator() {
    const Operator* sign = find_operator(scan_.rest());
    if (sign == nullptr) return false;
    if (!sign->sure && parts_.back().letters.size() > 1) return false;  // "well-known"
    scan_.take(sign->written);
    parts_.push_back({.sign = sign});
    return true;
  }

  Scan scan_;
  Parts parts_;
};

std::optional<Parts> parse(std::string_view core) {
  return ExpressionParser(core).run();
}

bool is_sure(const Parts& parts) {
  return std::any_of(parts.begin(), parts.end(), [](const Part& part) {
    return part.exponent.has_value() || (part.sign != nullptr && part.sign->sure);
  });
}

const Operator* whole_operator(const Token* token) {
  if (token == nullptr) return nullptr;
  const Operator* found = find_operator(token->core);
  return found != nullptr && found->written == token->core ? found : nullptr;
}

bool is_number_like(const Token* token) {
  return token != nullptr && is_digit(token->core.front());
}

/// A number, a variable or a term of an expression; "squared" ends one.
bool is_value(const Token* token) {
  if (token == nullptr) return false;
  if (is_number_like(token) || token->core == "squared" || token->core == "cubed") return true;
  const std::optional<Parts> parts = parse(token->core);
  return parts && (parts->size() > 1 || parts->front().letters.size() == 1);
}

/// What may stand at the ends of a range: "10:30", "$5", "Mon".
bool is_range_end(const Token* token) {
  if (token == nullptr) return false;
  const bool number = token->core.find_first_of("0123456789") < 4 &&
                      !is_letter(token->core.front());  // behind a currency sign at most
  return number || is_calendar_name(token->core);
}

void say_power(const Number& power, Spoken& out) {
  if (power.is_integer() && (power.whole == "2" || power.whole == "3")) {
    out.say(power.whole == "2" ? "squared" : "cubed");
    return;
  }
  out.say("to the");
  out.say(decimal(power));
}

void say_parts(const Clause& clause, const Parts& parts, Spoken& out) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Part& part = parts[i];
    const bool power = part.sign != nullptr && part.sign->written == "^";
    if (power && parts[i + 1].number && !parts[i + 1].exponent) {
      say_power(*parts[++i].number, out);
    } else if (part.sign != nullptr) {
      out.say(part.sign->words);
    } else if (part.number) {
      out.say(decimal(*part.number));
      if (!part.exponent) continue;
      out.say(part.exponent->negative ? "times ten to the minus" : "times ten to the");
      out.say(cardinal(part.exponent->digits));
    } else if (part.letters.size() == 1) {
      out.spell(part.letters);
    } else {
      say_word(clause, part.letters, out);
    }
  }
}

/// A sign by itself. What only separates is heard as a pause.
std::size_t say_operator(const Clause& clause, std::size_t at, const Operator& sign, Spoken& out) {
  const Token* previous = clause.neighbour(at, -1);
  const Token* next = clause.neighbour(at, 1);
  const bool between_values = is_value(previous) && is_value(next);
  const bool between_numbers = is_number_like(previous) && is_number_like(next);
  if (sign.written == "x") {
    if (!between_numbers) return 0;
    out.say(sign.words);
  } else if (sign.written == "-") {
    if (clause.arithmetic && between_values) {
      out.say(sign.words);
    } else if (is_range_end(previous) && is_range_end(next)) {
      out.say("to");
    } else {
      out.mark(',');
    }
  } else if (sign.written == "/" && !between_values) {
    out.mark(',');
  } else if (sign.written != "*" || between_values) {
    out.say(sign.words);
  }
  return 1;
}

}  // namespace

const Operator* find_operator(std::string_view text) {
  for (const Operator& sign : kOperators) {
    if (text.starts_with(sign.written)) return &sign;
  }
  return nullptr;
}

bool is_arithmetic(std::span<const Token> tokens) {
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (const Operator* sign = whole_operator(&tokens[i])) {
      const bool inside = i > 0 && i + 1 < tokens.size();
      if (sign->sure && inside && is_value(&tokens[i - 1]) && is_value(&tokens[i + 1])) return true;
    } else if (const std::optional<Parts> parts = parse(tokens[i].core); parts && is_sure(*parts)) {
      return true;
    }
  }
  return false;
}

std::size_t say_expression(const Clause& clause, std::size_t at, Spoken& out) {
  if (const Operator* sign = whole_operator(&clause.tokens[at])) {
    if (const std::size_t said = say_operator(clause, at, *sign, out); said != 0) return said;
  }
  const std::optional<Parts> parts = parse(clause.tokens[at].core);
  if (!parts) return 0;
  const bool operand = parts->back().letters.size() == 1 &&  // "a" of "a != b", "2x" of "2x = 4"
                       (whole_operator(clause.neighbour(at, -1)) != nullptr ||
                        whole_operator(clause.neighbour(at, 1)) != nullptr);
  const bool compound = parts->size() > 1;
  if (!is_sure(*parts) && !(clause.arithmetic && (compound || operand))) return 0;
  say_parts(clause, *parts, out);
  return 1;
}

}  // namespace eva::text
