#include "engine/text/latex.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/text/scan.h"

namespace eva::text {
namespace {

constexpr std::size_t kFormulaMax = 500;  // an opening without its end this near opens nothing

/// Commands that have other words than their name; "" = nothing is said.
constexpr std::array<std::pair<std::string_view, const char*>, 30> kCommands = {
    {{"times", "times"},
     {"cdot", "times"},
     {"div", "divided by"},
     {"pm", "plus or minus"},
     {"leq", "<="},
     {"le", "<="},
     {"geq", ">="},
     {"ge", ">="},
     {"neq", "!="},
     {"ne", "!="},
     {"approx", "about"},
     {"rightarrow", "to"},
     {"infty", "infinity"},
     {"sum", "the sum of"},
     {"int", "the integral of"},
     {"sqrt", "the square root of"},
     {"ldots", "..."},
     {"cdots", "..."},
     {"left", ""},
     {"right", ""},
     {"mathrm", ""},
     {"mathbf", ""},
     {"mathit", ""},
     {"operatorname", ""},
     {"displaystyle", ""},
     {"quad", ""},
     {"qquad", ""},
     {"begin", ""},
     {"end", ""},
     {"limits", ""}}};

/// Reads one formula aloud, as words and signs with spaces between.
class FormulaReader {
 public:
  explicit FormulaReader(std::string_view in) : scan_(in) {}

  std::string run() {
    while (!scan_.done()) step();
    return std::move(out_);
  }

 private:
  void step() {
    if (const std::string_view digits = scan_.take_digits(); !digits.empty()) {
      out_ += digits;
    } else if (scan_.take('\\')) {
      command();
    } else if (scan_.take('^')) {
      power();
    } else if (is_letter(scan_.peek())) {
      add(scan_.take_character());  // letters in a row are a product
    } else if (scan_.take('-')) {
      add("minus");
    } else if (scan_.take('/')) {
      add("over");
    } else if (scan_.take('*')) {
      add("times");
    } else {
      const std::string_view sign = scan_.take_character();
      if (std::string_view("=<>+").find(sign) != std::string_view::npos) {
        add(sign);
      } else {
        out_ += std::string_view("{}_&~").find(sign) != std::string_view::npos ? " " : sign;
      }
    }
  }

  void command() {
    const std::string_view name = scan_.take_letters();
    if (name.empty()) {  // "\," is a space, "\\" a new line, "\%" a sign
      const std::string_view sign = scan_.take_character();
      out_ += sign == "%" ? "%" : sign == "\\" ? ", " : " ";
    } else if (name == "frac" || name == "dfrac" || name == "tfrac") {
      add(FormulaReader(argument()).run());
      add("over");
      add(FormulaReader(argument()).run());
    } else if (name == "text") {
      add(argument());
    } else {
      const auto* known = std::find_if(kCommands.begin(), kCommands.end(),
                                       [&](const auto& entry) { return entry.first == name; });
      add(known == kCommands.end() ? name : known->second);  // "\alpha", "\sin"
    }
  }

  void power() {
    const std::string_view exponent = argument();
    if (exponent == "2" || exponent == "3") {
      add(exponent == "2" ? "squared" : "cubed");
    } else {
      add("to the");
      add(FormulaReader(exponent).run());
    }
  }

  /// What stands in braces, or one character.
  std::string_view argument() {
    while (scan_.take(' ')) {
    }
    const std::string_view rest = scan_.rest();
    if (!scan_.take('{')) return scan_.take_character();
    std::size_t depth = 0;
    std::size_t end = 0;
    for (; end < rest.size(); ++end) {
      if (rest[end] == '{') ++depth;
      if (rest[end] == '}' && --depth == 0) break;
    }
    scan_ = Scan(rest.substr(std::min(end + 1, rest.size())));
    return rest.substr(1, end - 1);
  }

  void add(std::string_view words) {
    out_ += ' ';
    out_ += words;
    out_ += ' ';
  }

  Scan scan_;
  std::string out_;
};

/// "$x$", "$2x$", "$a + b$"; not "$5 or 6$".
bool is_formula(std::string_view inside) {
  if (inside.find_first_of("\\^_={}<>+") != std::string_view::npos) return true;
  constexpr std::size_t kTermMax = 3;
  return inside.size() <= kTermMax && std::any_of(inside.begin(), inside.end(), is_letter) &&
         inside.find(' ') == std::string_view::npos;
}

class LatexStripper {
 public:
  explicit LatexStripper(std::string_view in) : in_(in) {}

  std::string run() {
    while (at_ < in_.size()) {
      if (!(skip("\\(", "\\)") || skip("\\[", "\\]") || skip("$$", "$$") || skip("$", "$"))) {
        out_ += in_[at_++];
      }
    }
    return std::move(out_);
  }

 private:
  bool skip(std::string_view open, std::string_view close) {
    const std::string_view rest = in_.substr(at_, kFormulaMax);
    if (!rest.starts_with(open)) return false;
    const std::size_t end = rest.find(close, open.size());
    if (end == std::string_view::npos) return false;
    const std::string_view inside = rest.substr(open.size(), end - open.size());
    if (open.front() == '$' && !is_formula(inside)) return false;
    if (open == "$" && !is_inline(inside, rest.substr(end + 1))) return false;
    out_ += ' ' + FormulaReader(inside).run() + ' ';
    at_ += end + close.size();
    return true;
  }

  /// Single dollars hug their formula, and no price follows.
  static bool is_inline(std::string_view inside, std::string_view behind) {
    return !inside.empty() && !is_space(inside.front()) && !is_space(inside.back()) &&
           (behind.empty() || !is_digit(behind.front()));
  }

  std::string_view in_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

std::string strip_latex(std::string_view text) {
  return LatexStripper(text).run();
}

}  // namespace eva::text
