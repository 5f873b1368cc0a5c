#pragma once
// Flite's pronunciation lexicon and letter-to-sound rules: the only file here that sees Flite.
// Flite's tokeniser, number expansion and sound synthesis are not used.
#include <span>
#include <string>
#include <vector>

#include "engine/text/lexicon.h"

namespace eva::text {

struct WordSound {
  std::vector<Phone> phones;   // stress 0 or 1 on vowels; several vowels may have 1
  bool function_word = false;  // "the", "of", "would": without stress in a sentence
};

/// The sounds of the words of one clause, in order; the neighbours decide between homographs
/// ("record", "lives"). Each word is lower case a-z with inner apostrophes. Any thread: every
/// thread has a Flite voice of its own, because Flite's reference counts are not atomic.
std::vector<WordSound> look_up(std::span<const std::string> words);

/// Whether a mouth can say the letters as a word ("nasa", not "html"). `letters` in lower case.
bool is_pronounceable(const std::string& letters);

}  // namespace eva::text
