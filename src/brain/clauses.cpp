#include "brain/clauses.h"

#include <optional>

#include "brain/pattern.h"

namespace eva::brain {
namespace {

constexpr std::string_view kOpenings[] = {
    "^hey|hi|hello there|everyone?",
    "^okay|so|well|um|uh|oh|and|but|then|now|please|just",
    "^alright|right|yes|yeah|great|thanks",
    "^good morning|afternoon|evening|day",
    "^thank you",
    "^all right",
    "^can|could|would|will you please?",
    "^i want|need you to",
    "^i would like you to",
};

constexpr std::string_view kRequest =
    "^what|who|how|when|which|where|tell|can|could|do|are|is|my|count|spell|say|repeat|call|i";

}  // namespace

std::size_t opening_words(Tokens tokens, std::string_view assistant) {
  std::size_t count = 0;
  for (bool more = true; more && count < tokens.size();) {
    more = false;
    if (tokens[count].text == assistant) {
      ++count;
      more = true;
    }
    for (std::string_view phrase : kOpenings) {
      if (auto taken = find_phrase(phrase, tokens.subspan(count))) {
        count += *taken;
        more = true;
      }
    }
  }
  return count;
}

std::vector<Tokens> split_clauses(Tokens tokens) {
  std::vector<Tokens> clauses;
  std::size_t begin = 0;
  auto cut = [&](std::size_t end) {
    if (end > begin) clauses.push_back(tokens.subspan(begin, end - begin));
    begin = end;
  };
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const Tokens rest = tokens.subspan(i);
    if (i > 0 && tokens[i - 1].stop == Token::Stop::kSentence) cut(i);
    const bool after_comma = i > 0 && tokens[i - 1].stop == Token::Stop::kComma;
    if ((after_comma && find_phrase(kRequest, rest)) ||
        (rest.front().text == "and" && find_phrase(kRequest, rest.subspan(1)))) {
      cut(i);
    }
  }
  cut(tokens.size());
  return clauses;
}

}  // namespace eva::brain
