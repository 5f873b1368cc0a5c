#include "brain/clauses.h"

#include <algorithm>
#include <optional>

#include "brain/pattern.h"

namespace eva::brain {
namespace {

constexpr std::string_view kOpenings[] = {
    "^hey|hi|hello|hiya|howdy there|everyone?",
    "^okay|so|well|um|uh|oh|hmm|and|but|then|now|please|just|actually|sorry",
    "^alright|right|yes|yeah|great|thanks",
    "^good morning|afternoon|evening|day",
    "^thank you",
    "^all right",
    "^alexa|siri|google|cortana",
    "^excuse me",
    "^never mind",
    "^by the way",
    "^can|could|would|will you please?",
    "^i want|need you to",
    "^i would like you to",
};

constexpr std::string_view kClosings[] = {
    "^please|now|then|exactly|currently|thanks|again$",
    "^right now$",
    "^for me|us$",
    "^thank you$",
    "^at the moment$",
    "^by the way$",
    "^my friend|dear$",
};

constexpr std::string_view kAskings[] = {
    "^do|did|would you happen? to? know|have",
    "^have? you? got",
    "^you know",
    "^tell|give|show me|us",
    "^i want|need|like|have to know",
    "^i would like|love to know|hear",
    "^i am? wonder|wondering",
    "^any idea",
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

std::size_t closing_words(Tokens tokens, std::string_view assistant) {
  std::size_t count = 0;
  for (bool more = true; more;) {
    more = false;
    for (std::size_t words = 1; words <= 3 && count + words < tokens.size(); ++words) {
      const Tokens last = tokens.first(tokens.size() - count).last(words);
      const bool closes = (words == 1 && last.front().text == assistant) ||
                          std::ranges::any_of(kClosings, [&](std::string_view phrase) {
                            return find_phrase(phrase, last).has_value();
                          });
      if (!closes) continue;
      count += words;
      more = true;
      break;
    }
  }
  return count;
}

std::size_t asking_words(Tokens tokens) {
  for (std::string_view phrase : kAskings) {
    if (auto taken = find_phrase(phrase, tokens)) return *taken;
  }
  return 0;
}

bool forbids(Tokens tokens) {
  return (find_phrase("^do not", tokens) && !find_phrase("^do not you|i|we|they", tokens)) ||
         find_phrase("^never", tokens);
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
