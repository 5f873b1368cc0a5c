#pragma once
// What will be said: the words of a clause after all signs, digits and abbreviations are spelled
// out.
#include <string>
#include <string_view>
#include <vector>

#include "engine/text/lexicon.h"

namespace eva::text {

struct SpokenWord {
  enum class Kind {
    kWord,    // text is lower case a-z with inner apostrophes
    kLetter,  // text is one letter a-z, said by its name
  };
  Kind kind = Kind::kWord;
  std::string text;
  bool glued = false;  // a letter that goes on with the letters before it: "FBI", but not "B 12"
  char mark = 0;       // the mark after it that is heard: , . ; : ? ! or 0
  const Pronunciation* pronunciation = nullptr;  // from the user's lexicon, owned by it

  bool is_letter() const { return kind == Kind::kLetter; }
};

/// The words of a clause in the making. Rules append, marks are set on the last word.
class Spoken {
 public:
  /// One or more words separated by spaces, each lower case.
  void say(std::string_view words);
  /// Letter by letter: "FBI". Characters other than letters are skipped.
  void spell(std::string_view letters);
  void say(std::string_view word, const Pronunciation* pronunciation);

  /// Sets the mark after the last word unless one is there; a question or exclamation mark wins.
  void mark(char mark);

  bool empty() const { return words_.empty(); }
  const std::vector<SpokenWord>& words() const { return words_; }
  std::vector<SpokenWord> take() { return std::move(words_); }

 private:
  std::vector<SpokenWord> words_;
};

/// The words as text, letters in capitals: "the F B I, and". Feeds the tests and Flite's own voice.
std::string to_text(const std::vector<SpokenWord>& words);

}  // namespace eva::text
