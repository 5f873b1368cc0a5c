#pragma once
// Which words of a text that is recognised again and again can be relied on.
#include <string>
#include <string_view>
#include <vector>

namespace eva::recorder {

/// Two readings of a growing utterance in a row agree on a word, and it is not the last one heard:
/// then it is committed and never taken back (LocalAgreement-2). One per utterance. Pure.
class Stabilizer {
 public:
  /// The next reading of the whole utterance so far, of more audio than the one before.
  void add(std::string_view text);

  /// Starts with what it was before.
  const std::string& committed() const { return committed_text_; }
  /// What the newest reading has behind the committed words; "" where it contradicts them.
  const std::string& tentative() const { return tentative_; }

 private:
  std::vector<std::string> committed_;  // as comparable words
  std::string committed_text_;
  std::vector<std::string> last_;  // the reading before, as comparable words
  std::string tentative_;
};

/// Whether `text` begins with the words of `prefix`, letter case and punctuation aside.
bool starts_with_words(std::string_view text, std::string_view prefix);

}  // namespace eva::recorder
