#pragma once
// Words that are said over somebody who speaks: to encourage them, or to stop them.
#include <string>
#include <string_view>
#include <vector>

#include "turn/words.h"

namespace eva::turn {

/// Phrases of one or more words, as words_of() cuts them.
struct Lexicon {
  std::vector<Words> backchannels;  // "uh-huh", "I see": the speaker goes on
  std::vector<Words> stops;         // "stop", "wait": pass every gate
};

/// The built-in lists of a language (ISO-639-1: en, de, es, fr, it, nl, pt); "" or any other = all
/// of them together.
Lexicon built_in_lexicon(std::string_view language);
/// Comma-separated phrases, e.g. a setting's value.
std::vector<Words> parse_phrases(std::string_view list);

/// What the words spoken over the agent are.
struct OverlapWords {
  enum class Kind {
    kNone,         // no words: a cough, noise
    kBackchannel,  // nothing but backchannels
    kStop,         // begins or ends with a stop phrase
    kSpeech,       // anything else
  };
  Kind kind = Kind::kNone;
  int words = 0;  // that are no backchannel
};
OverlapWords judge_words(std::string_view text, const Lexicon& lexicon);

}  // namespace eva::turn
