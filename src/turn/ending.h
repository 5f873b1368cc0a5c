#pragma once
// What the words of a turn so far say about whether it is over.
#include <string_view>

namespace eva::turn {

enum class Ending {
  kUnknown,      // no words, or words that say nothing either way
  kComplete,     // a finished sentence or question
  kOpen,         // more must follow: "and", "the", "um", a comma
  kReading,      // digits or letters are being read out; the next group follows
  kShortAnswer,  // "yes", "no", "okay", a number: all that a question may need
  kHold,         // "wait", "hold on", "let me think"
};

/// Of an English transcript with the recogniser's punctuation, which is a hint only: Whisper ends
/// whatever it hears with a full stop. Pure; a few µs.
Ending ending_of(std::string_view text);

}  // namespace eva::turn
