#pragma once
// English text to the IPA that Piper's en_US voices read: normaliser, lexicons, stress, weak forms.
#include <string>
#include <string_view>

#include "engine/text/lexicon.h"
#include "engine/text/spoken.h"

namespace eva::text {

/// Immutable; any thread may call it. About 0.1 ms per sentence (docs/voices.md).
class G2p {
 public:
  explicit G2p(Lexicon lexicon = {});

  /// The IPA of one clause of split_for_speech() (other text works too, up to any length). Marks
  /// , . ; : ? ! stay glued to their word; the result ends with one of . ? ! or, where the clause
  /// ends with a comma, with that. "" when nothing can be said.
  std::string ipa(std::string_view clause) const;

  /// The same clause as the words that are said, letters in capitals: for voices with a front end
  /// of their own, and for tests.
  std::string words(std::string_view clause) const;

 private:
  std::vector<SpokenWord> spoken(std::string_view clause) const;

  Lexicon lexicon_;
};

}  // namespace eva::text
