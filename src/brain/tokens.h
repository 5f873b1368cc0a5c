#pragma once
// A transcript as words: what was said, without the accidents of how it was written.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eva::brain {

/// One word, number or sign. Contractions become two tokens that share their place in the source
/// ("what's" = "what" "is"); possessives lose their 's ("today's" = "today").
struct Token {
  enum class Kind : std::uint8_t { kWord, kNumber, kSign };
  enum class Stop : std::uint8_t { kNone, kComma, kSentence };  // the punctuation that follows

  std::string
      text;  // lower case; numbers as digits with a '.' ("1250.5"); signs as + - * / ^ % ( ) =
  Kind kind = Kind::kWord;
  Stop stop = Stop::kNone;
  bool capital = false;   // written with a capital first letter
  std::size_t begin = 0;  // bytes in Transcript::source
  std::size_t end = 0;
};
using Tokens = std::span<const Token>;

struct Transcript {
  std::string source;         // clean UTF-8
  std::vector<Token> tokens;  // at most kTokensMax; the source is never cut

  /// The source as written, from the first to the last of these tokens (a part of `tokens`).
  std::string_view written(Tokens part) const;
};

inline constexpr std::size_t kTokensMax = 300;  // two minutes of speech; more is not a question

/// Any bytes of any length.
Transcript read_transcript(std::string_view text);

}  // namespace eva::brain
