#include "session/clause_splitter.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace eva::session {
namespace {

constexpr std::string_view kEllipsis = "…";
constexpr std::size_t kFirstClause = 12;  // characters before a comma may end the first piece

bool space(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}
bool closes(char c) {
  return c == '"' || c == '\'' || c == ')' || c == ']' || c == '*';
}

// The word that ends just before `dot`.
bool abbreviation(std::string_view text, std::size_t dot) {
  static constexpr std::array<std::string_view, 14> kWords{
      "Mr", "Mrs", "Ms", "Dr", "St", "Prof", "Jr", "Sr", "vs", "No", "e.g", "i.e", "a.m", "p.m"};
  std::size_t begin = dot;
  while (begin > 0 && !space(text[begin - 1]) && text[begin - 1] != '(') --begin;
  const std::string_view word = text.substr(begin, dot - begin);
  if (word.size() == 1 && std::isupper(static_cast<unsigned char>(word[0])) && word != "I") {
    return true;
  }
  return std::ranges::find(kWords, word) != kWords.end();
}

// Where the first piece of a long sentence may end without breaking a phrase; 0 where nowhere.
std::size_t before_joining_word(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kJoining{
      " and ",  " or ",    " but ",   " because ", " which ", " that ",
      " when ", " while ", " where ", " with ",    " so ",    " if "};
  std::size_t best = 0;
  for (const std::string_view word : kJoining) {
    const std::size_t at = text.rfind(word);
    if (at != std::string_view::npos) best = std::max(best, at + 1);
  }
  return best;
}

// Never cuts inside a UTF-8 character.
std::size_t character_start(std::string_view text, std::size_t at) {
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) --at;
  return at;
}

}  // namespace

bool blank(std::string_view text) {
  return std::ranges::all_of(text, space);
}

void ClauseSplitter::push(std::string_view text) {
  pending_ += text;
}

std::optional<std::string> ClauseSplitter::pop() {
  std::size_t cut = find_cut();
  if (cut == 0 && finished_) cut = pending_.size();
  if (cut == 0) return std::nullopt;
  std::string piece = pending_.substr(0, cut);
  pending_.erase(0, cut);
  first_ = false;
  return piece;
}

// Length of the next piece, 0 if it is not complete.
std::size_t ClauseSplitter::find_cut() const {
  const std::string_view text = pending_;
  const std::size_t limit = first_ ? kMaxFirstLength : kMaxLength;
  std::size_t begin = 0;
  while (begin < text.size() && space(text[begin])) ++begin;
  for (std::size_t i = begin; i < text.size() && i < limit; ++i) {
    const char c = text[i];
    if (c == '\n') return i + 1;
    const bool ellipsis = text.substr(i).starts_with(kEllipsis);
    const bool ends = c == '.' || c == '!' || c == '?' || ellipsis;
    const bool pauses = c == ';' || c == ':' || (c == ',' && first_ && i - begin >= kFirstClause);
    if (!ends && !pauses) continue;
    std::size_t next = i + (ellipsis ? kEllipsis.size() : 1);
    while (next < text.size() && (closes(text[next]) || text[next] == c)) ++next;
    if (next >= limit) break;
    if (next >= text.size()) return 0;  // what follows decides
    if (!space(text[next]) || (c == '.' && abbreviation(text, i))) continue;
    while (next < text.size() && space(text[next])) ++next;
    if (next >= text.size() && !finished_) return 0;  // keep the white space together
    return next;
  }
  if (text.size() < limit) return 0;
  if (first_) {
    const std::size_t at = before_joining_word(text.substr(0, limit));
    if (at > begin + kFirstClause) return at;
  }
  // Too long for the voice: cut at the last comma or space, else anywhere.
  for (const char* marks : {",", " \n"}) {
    const std::size_t at = text.substr(0, limit).find_last_of(marks);
    if (at != std::string_view::npos && at > begin) return at + 1;
  }
  return character_start(text, limit);
}

}  // namespace eva::session
