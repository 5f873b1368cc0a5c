#pragma once
// Pronunciations that win over everything else: the user's own file.
//
// One entry a line, `word<TAB>pronunciation`; '#' opens a comment line. The word is matched without
// regard to case against what stands between spaces and punctuation ("GitHub", "wi-fi", "C++"). The
// pronunciation is either Flite phones with a stress digit (0, 1, 2) on each vowel,
//   GitHub<TAB>g ih1 t hh ah2 b
// or IPA between slashes in the voice's symbols,
//   Xavier<TAB>/zˈeɪvjɚ/
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"

namespace eva::text {

/// One Flite phone. Consonants have no stress.
struct Phone {
  std::string name;  // "hh", "ax", ...
  int stress = 0;    // of a vowel: 0 none, 1 primary, 2 secondary

  bool is_vowel() const;
  bool operator==(const Phone&) const = default;
};

struct Pronunciation {
  std::vector<Phone> phones;  // or
  std::string ipa;            // when not empty
};

/// "g ih1 t" or "/ɡˈɪt/". The error says what is wrong, without a place.
Result<Pronunciation> parse_pronunciation(std::string_view text);

/// Immutable once read; any thread may look things up.
class Lexicon {
 public:
  Lexicon() = default;

  /// kBadInput: names the line ("words.txt:3: ...") of every bad line, up to ten, one per line.
  static Result<Lexicon> parse(std::string_view content, const std::string& file_name);
  /// As parse(); kNotFound or kIo when the file cannot be read.
  static Result<Lexicon> read(const std::filesystem::path& file);

  /// nullptr when the word is not listed. The result lives as long as the lexicon.
  const Pronunciation* find(std::string_view word) const;
  std::size_t size() const { return entries_.size(); }

 private:
  std::unordered_map<std::string, Pronunciation> entries_;  // key in lower case
};

}  // namespace eva::text
