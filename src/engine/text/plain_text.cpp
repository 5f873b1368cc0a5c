#include "engine/text/plain_text.h"

#include <array>

#include "engine/text/latex.h"
#include "engine/text/markdown.h"
#include "engine/text/scan.h"
#include "engine/text/transliterate.h"
#include "engine/text/utf8.h"

namespace eva::text {
namespace {

/// Signs that have a plain spelling; nullptr for the others.
const char* sign(char32_t code) {
  switch (code) {
    case 0x2018:
    case 0x2019:
    case 0x201B:
    case 0x02BC:
    case 0x00B4:
    case 0x2032:
      return "'";
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case 0x00AB:
    case 0x00BB:
    case 0x2033:
      return "\"";
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
      return "-";
    case 0x2212:
      return " minus ";
    case 0x2014:
    case 0x2015:
      return " -- ";
    case 0x2026:
      return "...";
    case 0x2022:
    case 0x25CF:
    case 0x25AA:
      return "* ";
    case 0x00BC:
      return " 1/4";
    case 0x00BD:
      return " 1/2";
    case 0x00BE:
      return " 3/4";
    case 0x2153:
      return " 1/3";
    case 0x2154:
      return " 2/3";
    case 0x215B:
      return " 1/8";
    case 0x00F7:
      return " divided by ";
    case 0x00B1:
      return " plus or minus ";
    case 0x2248:
      return " about ";
    case 0x2264:
      return " <= ";
    case 0x2265:
      return " >= ";
    case 0x2260:
      return " != ";
    case 0x22C5:
      return " times ";
    case 0x221A:
      return " the square root of ";
    case 0x2192:
      return " to ";
    case 0x221E:
      return " infinity ";
    case 0x00A7:
      return " section ";
    case 0x2116:
      return "No. ";
    case 0x2103:
      return "°C";
    case 0x2109:
      return "°F";
    case 0x3001:
    case 0xFF0C:
      return ", ";
    case 0x3002:
      return ". ";
    case 0x00BF:
    case 0x00A1:
      return "";  // opening ? and ! of Spanish
    default:
      return nullptr;
  }
}

bool is_invisible(char32_t code) {
  return (code >= 0x0300 && code <= 0x036F) || (code >= 0x200B && code <= 0x200F) ||
         (code >= 0xFE00 && code <= 0xFE0F) || code == 0x00AD || code == 0xFEFF || code == 0x2122 ||
         code == 0x00AE || code == 0x00A9;
}

/// Signs that later rules read: ¢ £ ¥ ° µ € ₹ Ω.
bool is_kept(char32_t code) {
  return std::u32string_view(U"\u00A2\u00A3\u00A5\u00B0\u00B5\u20AC\u20B9\u03A9").find(code) !=
         std::u32string_view::npos;
}

/// Code points of other looks for what is kept or plain.
char32_t unify(char32_t code) {
  if (code >= 0xFF01 && code <= 0xFF5E && code != 0xFF0C) return code - 0xFEE0;  // full-width ASCII
  if (code >= 0x2080 && code <= 0x2089) return code - 0x2080 + '0';              // subscripts
  if (code == 0x2126) return 0x03A9;                                             // the ohm sign
  return code;
}

/// The name of a Greek letter of either case, nullptr for other code points.
const char* greek_name(char32_t code) {
  constexpr std::array<const char*, 25> kNames = {
      "alpha", "beta",   "gamma",   "delta", "epsilon", "zeta",    "eta",  "theta", "iota",
      "kappa", "lambda", "mu",      "nu",    "xi",      "omicron", "pi",   "rho",   "sigma",
      "sigma", "tau",    "upsilon", "phi",   "chi",     "psi",     "omega"};
  if (code >= 0x03B1 && code <= 0x03C9) return kNames[code - 0x03B1];
  if (code >= 0x0391 && code <= 0x03A9) return kNames[code - 0x0391];
  return nullptr;
}

bool is_greek(char32_t code) {
  return code >= 0x0370 && code <= 0x03FF;
}

/// The digit or sign that is written small and high, 0 for other code points.
char superscript(char32_t code) {
  if (code == 0xB9) return '1';
  if (code == 0xB2 || code == 0xB3) return static_cast<char>(code - 0xB2 + '2');
  if (code == 0x2070 || (code >= 0x2074 && code <= 0x2079)) {
    return static_cast<char>(code - 0x2070 + '0');
  }
  if (code == 0x207A) return '+';
  if (code == 0x207B) return '-';
  return 0;
}

bool is_word_code(char32_t code) {
  return code < 0x80 && (is_letter(static_cast<char>(code)) || is_digit(static_cast<char>(code)));
}

/// Writes code points as plain text; each may look at its neighbours.
class PlainWriter {
 public:
  explicit PlainWriter(const std::u32string& codes) : codes_(codes) {}

  std::string run() {
    out_.reserve(codes_.size());
    while (at_ < codes_.size()) {
      if (!(take_superscripts() || take_times() || take_group_space() || take_greek())) {
        append(unify(codes_[at_++]));
      }
    }
    return std::move(out_);
  }

 private:
  char32_t peek(std::size_t ahead) const {
    return at_ + ahead < codes_.size() ? unify(codes_[at_ + ahead]) : U' ';
  }
  bool is_digit_at(std::size_t ahead) const { return peek(ahead) >= U'0' && peek(ahead) <= U'9'; }
  bool follows_digit() const { return !out_.empty() && is_digit(out_.back()); }

  /// "m²", "10⁻³"; behind a longer word it marks a footnote.
  bool take_superscripts() {
    std::string exponent;
    while (at_ < codes_.size() && superscript(codes_[at_]) != 0) {
      exponent += superscript(codes_[at_++]);
    }
    if (exponent.empty()) return false;
    constexpr std::size_t kSymbolMax = 2;
    std::size_t letters = 0;
    while (letters < out_.size() && is_letter(out_[out_.size() - 1 - letters])) ++letters;
    if (letters > kSymbolMax) return true;
    if (exponent == "2" || exponent == "3") {
      out_ += exponent == "2" ? " squared" : " cubed";
    } else {
      out_ += " to the " + exponent;
    }
    return true;
  }

  /// "3 × 4" and "1920×1080" keep an x, which the rules for numbers read as "times" or "by".
  bool take_times() {
    if (peek(0) != 0xD7) return false;
    const std::size_t last = out_.find_last_not_of(' ');
    const std::size_t next = peek(1) == U' ' ? 2 : 1;
    const bool numbers = last != std::string::npos && is_digit(out_[last]) && is_digit_at(next);
    out_ += numbers ? "x" : " times ";
    ++at_;
    return true;
  }

  /// Spaces that do not break a line separate thousands: "12 000".
  bool take_group_space() {
    const bool thin = peek(0) == 0xA0 || peek(0) == 0x202F || peek(0) == 0x2009;
    if (!thin || !follows_digit() || is_digit_at(4)) return false;
    if (!is_digit_at(1) || !is_digit_at(2) || !is_digit_at(3)) return false;
    out_ += ',';
    ++at_;
    return true;
  }

  /// Greek letters by themselves; Greek words are dropped like those of other scripts.
  bool take_greek() {
    const char32_t code = peek(0);
    const bool alone = (at_ == 0 || !is_greek(codes_[at_ - 1])) && !is_greek(peek(1));
    const char* name = greek_name(code);
    if (name == nullptr) return false;
    const bool unit = is_word_code(peek(1)) && !is_digit_at(1);
    ++at_;
    if (!alone) {
      out_ += ' ';
    } else if (code == 0x03BC && unit) {
      append(0xB5);  // "μg"
    } else if (code == 0x03A9) {
      append(code);
    } else {
      if (!out_.empty() && is_word_code(static_cast<unsigned char>(out_.back()))) out_ += ' ';
      out_ += name;
      if (is_word_code(peek(0))) out_ += ' ';
    }
    return true;
  }

  void append(char32_t code) {
    if (code < 0x80) {
      const bool control = code < 0x20 && code != '\n';
      out_ += control || code == 0x7F ? ' ' : static_cast<char>(code);
    } else if (is_kept(code)) {
      append_utf8(out_, code);
    } else if (const char* plain = sign(code)) {
      out_ += plain;
    } else if (const std::string_view letters = transliterate(code); !letters.empty()) {
      out_ += letters;
    } else if (!is_invisible(code)) {
      out_ += ' ';
    }
  }

  const std::u32string& codes_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

std::string plain_text(std::string_view text) {
  const std::u32string codes = decode_utf8(text);
  return strip_markdown(strip_latex(PlainWriter(codes).run()));
}

}  // namespace eva::text
