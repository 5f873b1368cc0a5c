#pragma once
// What the words of a turn so far say about whether it is over.
#include <string_view>

namespace eva::turn {

enum class Ending {
  kNone,         // no words
  kUnknown,      // words that say nothing either way
  kFragment,     // one or two words that are no usual utterance: "Give me"
  kComplete,     // a finished sentence or question
  kOpen,         // more must follow: "and", "the", "um", a comma
  kUnfinished,   // no full stop, from a recogniser that sets them
  kReading,      // digits or letters are being read out; the next group follows
  kShortAnswer,  // "yes", "no", "okay", a number: all that a question may need
  kHold,         // "wait", "hold on", "let me think"
};

/// Of an English transcript with the recogniser's punctuation, which is a hint only: Whisper ends
/// most of what it hears with a full stop, finished or not (docs/turn-taking.md has the numbers). A
/// text without capitals is one of a recogniser that does not punctuate. Pure; a few µs.
Ending ending_of(std::string_view text);

}  // namespace eva::turn
