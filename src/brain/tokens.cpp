#include "brain/tokens.h"

#include <algorithm>
#include <array>
#include <utility>

#include "brain/text.h"

namespace eva::brain {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

// Multi-byte marks that stand for an ASCII one. A '\0' is a mark without meaning here.
constexpr std::pair<std::string_view, char> kMarks[] = {
    {"\u2019", '\''}, {"\u2018", '\''}, {"\u201C", '\0'}, {"\u201D", '\0'}, {"\u00D7", '*'},
    {"\u00F7", '/'},  {"\u2212", '-'},  {"\u2013", '-'},  {"\u2014", '\0'}, {"\u2026", '\0'},
    {"\u3002", '.'},  {"\uFF01", '!'},  {"\uFF1F", '?'},  {"\u00BF", '\0'}, {"\u00A1", '\0'},
    {"\u20AC", '\0'}, {"\u00A3", '\0'}, {"\u00A0", ' '},  {"\uFF0C", ','},  {"\u3001", ','},
};

constexpr std::pair<std::string_view, std::pair<std::string_view, std::string_view>>
    kContractions[] = {
        {"what's", {"what", "is"}},
        {"whats", {"what", "is"}},
        {"who's", {"who", "is"}},
        {"whos", {"who", "is"}},
        {"it's", {"it", "is"}},
        {"that's", {"that", "is"}},
        {"thats", {"that", "is"}},
        {"how's", {"how", "is"}},
        {"where's", {"where", "is"}},
        {"name's", {"name", "is"}},
        {"there's", {"there", "is"}},
        {"here's", {"here", "is"}},
        {"let's", {"let", "us"}},
        {"i'm", {"i", "am"}},
        {"im", {"i", "am"}},
        {"you're", {"you", "are"}},
        {"we're", {"we", "are"}},
        {"they're", {"they", "are"}},
        {"i'd", {"i", "would"}},
        {"i'll", {"i", "will"}},
        {"you've", {"you", "have"}},
        {"i've", {"i", "have"}},
        {"can't", {"can", "not"}},
        {"cannot", {"can", "not"}},
        {"don't", {"do", "not"}},
        {"dont", {"do", "not"}},
        {"didn't", {"did", "not"}},
        {"isn't", {"is", "not"}},
        {"aren't", {"are", "not"}},
        {"doesn't", {"does", "not"}},
        {"couldn't", {"could", "not"}},
        {"percentage", {"percent", ""}},
        {"todays", {"today", ""}},
        {"tomorrows", {"tomorrow", ""}},
        {"ok", {"okay", ""}},
        {"goodbye", {"bye", ""}},
};

class Reader {
 public:
  explicit Reader(Transcript& out) : out_(out), s_(out.source) {}

  void read() {
    while (at_ < s_.size() && out_.tokens.size() < kTokensMax) {
      if (is_digit(s_[at_]) || (s_[at_] == '.' && is_digit(peek(1)) && !is_word(before()))) {
        number();
      } else if (mark()) {
        continue;
      } else if (is_letter(s_[at_])) {
        word();
      } else {
        sign(s_[at_], 1);
      }
    }
  }

 private:
  static bool is_word(char c) { return is_digit(c) || is_letter(c); }
  char peek(std::size_t n) const { return at_ + n < s_.size() ? s_[at_ + n] : '\0'; }
  char before() const { return at_ > 0 ? s_[at_ - 1] : '\0'; }
  char next_visible(std::size_t i) const {
    i = s_.find_first_not_of(' ', i);
    return i == std::string_view::npos ? '\0' : s_[i];
  }

  void add(std::string text, Token::Kind kind, std::size_t begin) {
    const bool capital = s_[begin] >= 'A' && s_[begin] <= 'Z';
    out_.tokens.push_back({std::move(text), kind, Token::Stop::kNone, capital, begin, at_});
  }

  // A multi-byte mark, if one stands here and is no apostrophe inside a word (word() takes those).
  bool mark() {
    for (const auto& [bytes, meaning] : kMarks) {
      if (!s_.substr(at_).starts_with(bytes)) continue;
      sign(meaning, bytes.size());
      return true;
    }
    return false;
  }

  // "1,250.5", "10th", "5x7", ".5"
  void number() {
    const std::size_t begin = at_;
    std::string digits = s_[at_] == '.' ? "0" : "";
    bool point = false;
    for (; at_ < s_.size(); ++at_) {
      const char c = s_[at_];
      if (is_digit(c)) {
        digits += c;
      } else if (c == ',' && !point && is_digit(peek(1)) && is_digit(peek(2)) &&
                 is_digit(peek(3)) && !is_digit(peek(4))) {
        continue;
      } else if (c == '.' && !point && is_digit(peek(1))) {
        point = true;
        digits += c;
      } else {
        break;
      }
    }
    for (std::string_view ending : {"st", "nd", "rd", "th"}) {
      if (point || !s_.substr(at_).starts_with(ending) || is_letter(peek(2))) continue;
      at_ += 2;
      return add(std::move(digits) + std::string(ending), Token::Kind::kWord, begin);
    }
    add(std::move(digits), Token::Kind::kNumber, begin);
    if (lower(peek(0)) == 'x' && is_digit(peek(1))) {
      ++at_;
      add("x", Token::Kind::kWord, at_ - 1);
    }
  }

  void word() {
    const std::size_t begin = at_;
    std::string text;
    while (at_ < s_.size()) {
      const bool curly = s_.substr(at_).starts_with("\u2019");
      const std::size_t width = curly ? 3 : 1;
      if ((curly || s_[at_] == '\'') && is_letter(peek(width))) {
        text += '\'';
        at_ += width;
      } else if (s_[at_] == '.' && initials(text) && is_letter(peek(1)) && !is_letter(peek(2))) {
        ++at_;  // "A.I." is one word
      } else if (is_letter(s_[at_]) &&
                 (static_cast<unsigned char>(s_[at_]) < 0x80 || !mark_here())) {
        text += lower(s_[at_++]);
      } else {
        break;
      }
    }
    expand(std::move(text), begin);
  }

  // Few enough letters to be the start of an abbreviation like "A.I."?
  static bool initials(const std::string& text) { return !text.empty() && text.size() <= 3; }

  bool mark_here() const {
    return std::ranges::any_of(kMarks,
                               [&](const auto& m) { return s_.substr(at_).starts_with(m.first); });
  }

  void expand(std::string text, std::size_t begin) {
    for (const auto& [short_form, full] : kContractions) {
      if (text != short_form) continue;
      add(std::string(full.first), Token::Kind::kWord, begin);
      if (!full.second.empty()) add(std::string(full.second), Token::Kind::kWord, begin);
      return;
    }
    if (text.ends_with("'s")) text.resize(text.size() - 2);
    if (!text.empty()) add(std::move(text), Token::Kind::kWord, begin);
  }

  // Punctuation marks the token before it; arithmetic signs count only where a number may follow:
  // a dash between words is none.
  void sign(char c, std::size_t width) {
    const std::size_t begin = at_;
    const char after = next_visible(at_ + width);
    const bool glued = is_word(before()) && is_word(peek(width));
    const bool number = is_digit(after) || after == '(' || after == '.' || after == '-';
    const bool operand = number || (c != '-' && !glued && is_letter(after));
    at_ += width;
    if (c == ',') return stop(Token::Stop::kComma);
    if (c == '?' || c == '!' || c == ';' || (c == '.' && !glued))
      return stop(Token::Stop::kSentence);
    const bool hyphen = c == '-' && glued && !(begin > 0 && is_digit(s_[begin - 1]));
    const bool before_operand = std::string_view("+-*/^(").find(c) != std::string_view::npos;
    const bool after_operand = c == '%' || c == ')' || c == '=';
    if (c == '\0' || hyphen || !((before_operand && operand) || after_operand)) return;
    add(std::string(1, c), Token::Kind::kSign, begin);
  }

  void stop(Token::Stop kind) {
    if (!out_.tokens.empty()) out_.tokens.back().stop = std::max(out_.tokens.back().stop, kind);
  }

  Transcript& out_;
  std::string_view s_;
  std::size_t at_ = 0;
};

}  // namespace

std::string_view Transcript::written(Tokens part) const {
  if (part.empty()) return {};
  return std::string_view(source).substr(part.front().begin, part.back().end - part.front().begin);
}

Transcript read_transcript(std::string_view text) {
  Transcript transcript;
  transcript.source = clean_utf8(text);
  Reader(transcript).read();
  return transcript;
}

}  // namespace eva::brain
