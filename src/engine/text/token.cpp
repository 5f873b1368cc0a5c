#include "engine/text/token.h"

#include <algorithm>

#include "engine/text/scan.h"

namespace eva::text {
namespace {

constexpr std::size_t kTokenMax = 200;
constexpr std::string_view kOpening = "\"'([{<*";
constexpr std::string_view kClosing = "\"'.,:;!?)]}>*";

/// Adds one run without spaces and without "--".
void add_token(std::vector<Token>& tokens, std::string_view word) {
  Token token;
  while (!word.empty() && kOpening.find(word.front()) != std::string_view::npos) {
    token.before += word.front();
    word.remove_prefix(1);
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
  return tokens;
}

std::string join(const std::vector<Token>& tokens, std::size_t begin, std::size_t end) {
  std::string out;
  for (std::size_t i = begin; i < end; ++i) {
    if (i > begin) out += ' ';
    out += tokens[i].before + tokens[i].core + tokens[i].after;
  }
  return out;
}

}  // namespace eva::text
