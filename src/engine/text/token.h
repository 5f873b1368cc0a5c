#pragma once
// A clause as tokens: what stands between spaces, with its punctuation taken off.
#include <string>
#include <string_view>
#include <vector>

namespace eva::text {

struct Token {
  std::string before;  // opening quotes and brackets
  std::string core;    // never empty
  std::string after;   // closing quotes, brackets and sentence marks
  bool glued = false;  // the next token stood directly behind: ">10"

  /// A full stop directly behind the core: it may belong to an abbreviation.
  bool has_dot() const { return after.starts_with('.'); }
  /// The mark to be heard after the token: one of , . ; : ? ! or 0.
  char mark() const;
};

/// `line` is plain_text() without line breaks. Dashes between words become a comma on the word
/// before them. Tokens longer than 200 bytes are cut, so that no rule meets a huge one.
std::vector<Token> tokenise(std::string_view line);

/// The tokens as text again, one space between them.
std::string join(const std::vector<Token>& tokens, std::size_t begin, std::size_t end);

}  // namespace eva::text
