#pragma once
// Which words of a text that is recognised again and again can be relied on.
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace eva::recorder {

/// A word is committed, and never taken back, when all readings over a while agree on it and on
/// what stands before it, and it is not the last one heard. The while is RealtimeSTT's: 0.6 s of
/// audio, and 0.8 s for the first words, for which a recogniser likes to invent something. One per
/// utterance. Pure.
class Stabilizer {
 public:
  static constexpr Duration kFirst = 800ms;
  static constexpr Duration kLater = 600ms;

  /// The next reading of the whole utterance so far, of which `heard` was there.
  void add(std::string_view text, Duration heard);

  /// Starts with what it was before.
  const std::string& committed() const { return committed_text_; }
  /// What the newest reading has behind as many words as are committed.
  const std::string& tentative() const { return tentative_; }

 private:
  struct Word {
    std::string text;  // comparable
    Duration since;    // read like this, and so was all before it
  };
  std::vector<std::string> held_;  // the committed words, comparable
  std::string committed_text_;
  std::vector<Word> last_;  // the reading before
  std::string tentative_;
};

/// Whether `text` begins with the words of `prefix`, letter case and punctuation aside.
bool starts_with_words(std::string_view text, std::string_view prefix);

}  // namespace eva::recorder
