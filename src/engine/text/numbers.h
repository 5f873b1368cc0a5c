#pragma once
// Numbers as English words, lower case, separated by single spaces. American style: no "and".
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/text/scan.h"

namespace eva::text {

/// 1250 -> "one thousand two hundred fifty". `digits` holds digits only. With more than 15 digits,
/// or with a zero in front of others ("007"), the digits are said one by one.
std::string cardinal(std::string_view digits);
std::string cardinal(std::uint64_t value);  // below 10^15, larger values digit by digit

/// 21 -> "twenty first".
std::string ordinal(std::uint64_t value);

/// The way years, flights and house numbers are said: 1969 -> "nineteen sixty nine", 1905 ->
/// "nineteen oh five", 1900 -> "nineteen hundred", 2005 -> "two thousand five". 1000..9999.
std::string in_pairs(int value);

/// "805" -> "eight zero five".
std::string digit_by_digit(std::string_view digits);

/// "3.14" -> "three point one four".
std::string decimal(const Number& number);

/// "sixty" -> "sixties", "hundred" -> "hundreds": the last word of a number in the plural.
std::string plural(std::string number_words);

}  // namespace eva::text
