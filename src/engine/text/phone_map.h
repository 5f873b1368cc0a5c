#pragma once
// Flite's phones as the IPA that Piper's en_US voices were trained on.
#include <span>
#include <string>
#include <string_view>

#include "engine/text/lexicon.h"

namespace eva::text {

/// The word's IPA; stress marks stand directly before the vowel. Spelling decides what the phones
/// leave open (which reduced vowel, "ore" against "or"), so `word` is the spelling in lower case.
/// @param stressed  false: a function word, a single syllable gets no mark
std::string to_ipa(std::string_view word, std::span<const Phone> phones, bool stressed);

/// The name of a letter a-z: 'w' -> "dˈʌbəljuː".
std::string letter_ipa(char letter);

}  // namespace eva::text
