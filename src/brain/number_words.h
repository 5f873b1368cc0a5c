#pragma once
// Between numbers and their English names.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "brain/number.h"
#include "brain/tokens.h"

namespace eva::brain {

struct ReadNumber {
  Number value;
  std::size_t tokens = 0;  // how many of the tokens it took, at least 1
};

/// The longest number at the front, in words, digits or both: "twenty one", "1250.5", "a hundred
/// and five", "2.5 million", "point five", "three and a half", "three quarters", "two dozen". No
/// sign.
std::optional<ReadNumber> read_number(Tokens tokens);

/// The same, and also words that are often heard for a digit ("to", "for", "ate"). For places where
/// nothing but a number makes sense.
std::optional<ReadNumber> read_number_misheard(Tokens tokens);

/// "minus one thousand two hundred five". Any value but the smallest.
std::string number_words(std::int64_t value);

}  // namespace eva::brain
