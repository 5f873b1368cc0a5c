#include "engine/text/token.h"

#include <algorithm>
#include <array>

#include "engine/text/scan.h"

namespace eva::text {
namespace {

constexpr std::size_t kTokenMax = 200;
constexpr std::string_view kOpening = "\"'([{<*";
constexpr std::string_view kClosing = "\"'.,:;!?)]}>*";

/// Signs that are a token when nothing else stands between two spaces.
constexpr std::array<std::string_view, 7> kSigns = {"*", "<", ">", "<=", ">=", "->", "=>"};

/// The length of the comparison sign before a number (">10", "<=$5"), 0 when there is none.
std::size_t comparison_length(std::string_view word) {
  if (!word.starts_with('<') && !word.starts_with('>')) return 0;
  const std::size_t length = word.substr(1).starts_with('=') ? 2 : 1;
  const std::size_t digit = word.find_first_of("0123456789", length);
  // A minus, a point or a currency sign of up to three bytes may stand between.
  const bool number = digit != std::string_view::npos && digit - length <= 3 &&
                      std::none_of(word.begin() + static_cast<std::ptrdiff_t>(length),
                                   word.begin() + static_cast<std::ptrdiff_t>(digit), is_letter);
  return number ? length : 0;
}

/// Adds one run without spaces and without "--".
void add_token(std::vector<Token>& tokens, std::string_view word) {
  Token token;
  while (!word.empty() && kOpening.find(word.front()) != std::string_view::npos &&
         comparison_length(word) == 0) {
    token.before += word.front();
    word.remove_prefix(1);
  }
  if (const std::size_t length = comparison_length(word); length != 0) {
    tokens.push_back({.before = token.before,
                      .core = std::string(word.substr(0, length)),
                      .after = "",
                      .glued = true});
    token.before.clear();
    word.remove_prefix(length);
  }
  std::size_t length = word.size();
  while (length > 0 && kClosing.find(word[length - 1]) != std::string_view::npos) --length;
  token.core = word.substr(0, length);
  token.after = word.substr(length);
  if (!token.core.empty()) {
    tokens.push_back(std::move(token));
  } else if (!tokens.empty()) {
    tokens.back().after += token.after;  // marks by themselves: "what ?"
  }
}

void add_run(std::vector<Token>& tokens, std::string_view run) {
  if (std::find(kSigns.begin(), kSigns.end(), run) != kSigns.end()) {
    tokens.push_back({.before = "", .core = std::string(run), .after = ""});
    return;
  }
  while (!run.empty()) {
    const std::size_t dash = std::min(run.find("--"), run.size());
    for (std::size_t i = 0; i < dash; i += kTokenMax) {
      add_token(tokens, run.substr(i, std::min(kTokenMax, dash - i)));
    }
    if (dash < run.size() && !tokens.empty() && tokens.back().after.empty()) {
      tokens.back().after = ",";
    }
    run.remove_prefix(dash);
    run.remove_prefix(std::min(run.find_first_not_of('-'), run.size()));
  }
}

bool is_group(const Token& token) {
  return token.core.size() == 3 && token.before.empty() && all_digits(token.core);
}

/// "12 000" becomes "12,000": up to three digits, then groups of three of which the last is 000.
void join_thousands(std::vector<Token>& tokens) {
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    const bool behind_digits =
        i > 0 && tokens[i - 1].after.empty() && all_digits(tokens[i - 1].core);  // a number to dial
    Token& first = tokens[i];
    if (behind_digits || first.core.size() > 3 || !all_digits(first.core) ||
        first.core.front() == '0') {
      continue;
    }
    std::size_t last = i;
    while (last + 1 < tokens.size() && tokens[last].after.empty() && is_group(tokens[last + 1])) {
      ++last;
    }
    if (last == i || tokens[last].core != "000") continue;
    for (std::size_t group = i + 1; group <= last; ++group) first.core += ',' + tokens[group].core;
    first.after = tokens[last].after;
    tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                 tokens.begin() + static_cast<std::ptrdiff_t>(last) + 1);
  }
}

}  // namespace

char Token::mark() const {
  char found = 0;
  for (const char c : after) {
    if (c == '?' || c == '!') return c;
    if (found == 0 && std::string_view(",.;:").find(c) != std::string_view::npos) found = c;
  }
  return found;
}

std::vector<Token> tokenise(std::string_view line) {
  std::vector<Token> tokens;
  std::size_t begin = 0;
  while (begin < line.size()) {
    std::size_t end = begin;
    while (end < line.size() && !is_space(line[end])) ++end;
    if (end > begin) add_run(tokens, line.substr(begin, end - begin));
    begin = end + 1;
  }
  join_thousands(tokens);
  return tokens;
}

std::string join(const std::vector<Token>& tokens, std::size_t begin, std::size_t end) {
  std::string out;
  for (std::size_t i = begin; i < end; ++i) {
    if (i > begin && !tokens[i - 1].glued) out += ' ';
    out += tokens[i].before + tokens[i].core + tokens[i].after;
  }
  return out;
}

}  // namespace eva::text
