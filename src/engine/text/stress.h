#pragma once
// Which syllable carries a word's main stress. Flite's data know only "stressed" and "unstressed"
// and mark several syllables of long words.
#include <span>
#include <string_view>

#include "engine/text/lexicon.h"

namespace eva::text {

/// Index of the vowel (0 = the word's first) with primary stress; -1 when no vowel is marked.
/// A word with exactly one stress-1 vowel keeps it; with several, spelling decides ("-eer",
/// "-ated").
int primary_syllable(std::string_view word, std::span<const Phone> phones);

/// For words without any mark: the first full vowel, else the first; 0 for words without vowels.
int first_full_syllable(std::span<const Phone> phones);

}  // namespace eva::text
