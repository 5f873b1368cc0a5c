#include "engine/text/markdown.h"

#include <algorithm>
#include <array>
#include <vector>

#include "engine/text/emoticon.h"
#include "engine/text/scan.h"

namespace eva::text {
namespace {

constexpr std::size_t kTagMax = 200;    // a '<' without its '>' this near is no tag
constexpr std::size_t kLinkMax = 2000;  // the same for the brackets of a link

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

bool is_fence(std::string_view line) {
  return line.starts_with("```") || line.starts_with("~~~");
}

/// "---", "* * *", "=====" and the frame lines of tables.
bool is_rule(std::string_view line) {
  if (line.find_first_not_of("-*_=|:+ ") != std::string_view::npos) return false;
  return std::count_if(line.begin(), line.end(), [](char c) { return c != ' '; }) >= 3;
}

/// Takes the mark that opens a block off the line; true when there was one.
bool take_heading(std::string_view& line) {
  const std::size_t hashes = std::min(line.find_first_not_of('#'), line.size());
  if (hashes == 0 || hashes > 6 || hashes == line.size() || line[hashes] != ' ') return false;
  line = trim(line.substr(hashes));
  while (line.ends_with('#')) line.remove_suffix(1);
  return true;
}

bool take_bullet(std::string_view& line) {
  if (line.size() < 2 || std::string_view("-*+").find(line[0]) == std::string_view::npos ||
      line[1] != ' ') {
    return false;
  }
  line = trim(line.substr(2));
  for (const std::string_view box : {"[ ] ", "[x] ", "[X] "}) {
    if (line.starts_with(box)) line.remove_prefix(box.size());
  }
  return true;
}

/// "1. Open" and "2) Close": the number, or "" when the line is no such item.
std::string_view take_item_number(std::string_view& line) {
  Scan scan(line);
  const std::string_view digits = scan.take_digits();
  if (digits.empty() || digits.size() > 2 || !(scan.take('.') || scan.take(')')) ||
      !scan.take(' ')) {
    return "";
  }
  line = trim(scan.rest());
  return digits;
}

/// Inline marks of one paragraph. Walks over `in` once; links and tags are looked ahead for.
class InlineStripper {
 public:
  explicit InlineStripper(std::string_view in) : in_(in) {}

  std::string run() {
    while (at_ < in_.size()) {
      if (!(skip_emoticon() || skip_link() || skip_tag() || skip_entity() || skip_mark()))
        out_ += in_[at_++];
    }
    return std::move(out_);
  }

 private:
  char peek(std::size_t ahead) const { return at_ + ahead < in_.size() ? in_[at_ + ahead] : ' '; }
  char previous() const { return at_ == 0 ? ' ' : in_[at_ - 1]; }

  /// A face often stands where a sentence ends, instead of its full stop.
  bool skip_emoticon() {
    if (!is_space(previous()) && previous() != '(') return false;
    const std::size_t length = emoticon_length(in_.substr(at_));
    if (length == 0) return false;
    at_ += length;
    const std::size_t word = out_.find_last_not_of(' ');
    const bool open = word != std::string::npos && (is_letter(out_[word]) || is_digit(out_[word]));
    if (open && peek(0) == ' ' && is_upper(peek(1))) {
      out_.resize(word + 1);
      out_ += '.';
    }
    return true;
  }

  /// [text](address) and ![text](address) -> text, which may hold marks of its own.
  bool skip_link() {
    const std::size_t open = at_ + (in_[at_] == '!' ? 1 : 0);
    if (open >= in_.size() || in_[open] != '[') return false;
    const std::string_view window = in_.substr(open, kLinkMax);
    const std::size_t middle = window.find("](");
    if (middle == std::string_view::npos || window.substr(1, middle).find('[') < middle - 1) {
      return false;
    }
    const std::size_t close = window.find(')', middle);
    if (close == std::string_view::npos) return false;
    out_ += InlineStripper(window.substr(1, middle - 1)).run();
    at_ = open + close + 1;
    return true;
  }

  bool skip_tag() {
    if (in_[at_] != '<' || !(is_letter(peek(1)) || peek(1) == '/' || peek(1) == '!')) return false;
    const std::size_t length = in_.substr(at_, kTagMax).find('>');
    if (length == std::string_view::npos) return false;
    const std::string_view inside = in_.substr(at_ + 1, length - 1);
    const bool address = inside.find("://") != std::string_view::npos && !inside.starts_with("a ");
    const bool mail = inside.find('@') != std::string_view::npos;
    out_ += ' ';
    if ((address || mail) && inside.find(' ') == std::string_view::npos) out_ += inside;
    at_ += length + 1;
    return true;
  }

  bool skip_entity() {
    if (in_[at_] != '&') return false;
    constexpr std::array<std::pair<std::string_view, const char*>, 6> kEntities = {
        {{"&amp;", "&"},
         {"&lt;", "<"},
         {"&gt;", ">"},
         {"&quot;", "\""},
         {"&#39;", "'"},
         {"&nbsp;", " "}}};
    for (const auto& [entity, plain] : kEntities) {
      if (!in_.substr(at_).starts_with(entity)) continue;
      out_ += plain;
      at_ += entity.size();
      return true;
    }
    return false;
  }

  /// Emphasis, code marks, escapes, table cells.
  bool skip_mark() {
    const char c = in_[at_];
    if (c == '|') {
      out_ += ',';
    } else if (c == '\\' && at_ + 1 < in_.size() && !is_letter(peek(1)) && !is_digit(peek(1))) {
      out_ += in_[++at_];
    } else if (!is_emphasis(c)) {
      return false;
    }
    ++at_;
    return true;
  }

  bool is_emphasis(char c) const {
    if (c == '`') return true;
    const bool doubled = peek(1) == c || previous() == c;
    if (c == '~') return doubled;
    if (c == '*') {
      const auto in_term = [](char x) { return is_letter(x) || is_digit(x) || x == '('; };
      const bool number = is_digit(previous()) || is_digit(peek(1)) || previous() == ')';
      const bool glued = number && (in_term(previous()) || previous() == ')') && in_term(peek(1));
      const bool spaced = is_space(previous()) && is_space(peek(1));
      const bool product = glued || spaced;
      return doubled || !product;
    }
    if (c == '_') {
      const auto in_word = [](char x) { return is_letter(x) || is_digit(x) || x == '.'; };
      return !(in_word(previous()) && in_word(peek(1)));
    }
    return false;
  }

  std::string_view in_;
  std::size_t at_ = 0;
  std::string out_;
};

/// Collects lines into paragraphs.
class Paragraphs {
 public:
  void add(std::string_view line) {
    if (!open_.empty()) open_ += ' ';
    open_ += line;
  }
  void close() {
    std::string text = InlineStripper(open_).run();
    open_.clear();
    const std::string_view trimmed = trim(text);
    if (!trimmed.empty()) done_.emplace_back(trimmed);
  }
  std::string join() {
    close();
    std::string out;
    for (std::size_t i = 0; i < done_.size(); ++i) {
      out += done_[i];
      if (i + 1 == done_.size()) break;
      if (std::string_view(".!?:;,\"')").find(done_[i].back()) == std::string_view::npos)
        out += '.';
      out += '\n';
    }
    return out;
  }

 private:
  std::string open_;
  std::vector<std::string> done_;
};

}  // namespace

std::string strip_markdown(std::string_view text) {
  Paragraphs paragraphs;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view line = trim(text.substr(begin, end - begin));
    begin = end + 1;
    while (line.starts_with("> ") || line == ">") line = trim(line.substr(1));
    if (line.empty() || is_fence(line) || is_rule(line)) {
      paragraphs.close();
    } else if (take_heading(line)) {
      paragraphs.close();
      paragraphs.add(line);
      paragraphs.close();
    } else if (take_bullet(line)) {
      paragraphs.close();
      paragraphs.add(line);
    } else if (const std::string_view number = take_item_number(line); !number.empty()) {
      paragraphs.close();
      paragraphs.add(std::string(number) + ", " + std::string(line));
    } else {
      paragraphs.add(line);
    }
  }
  return paragraphs.join();
}

}  // namespace eva::text
