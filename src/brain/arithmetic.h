#pragma once
// Sums in plain English: finds one among the words of a sentence and works it out.
#include <cstddef>
#include <expected>
#include <optional>

#include "brain/number.h"
#include "brain/tokens.h"

namespace eva::brain {

enum class NoResult { kDivisionByZero, kNotReal };

struct Calculation {
  std::size_t first = 0;  // the tokens that say it
  std::size_t count = 0;
  bool misheard = false;  // a word was taken for a number that sounds like it ("two plus to")
  bool percent = false;   // the value is a percentage
  bool noun = false;      // "<these words> is <value>" is a sentence; not so for "add 2 to 3"
  std::expected<Number, NoResult> value = Number(0);
};

/// The first phrase with at least one operation that is complete: nothing that belongs to a sum may
/// follow it. The usual precedence: ( ), powers, products and percentages, sums; equals from the
/// left. Knows plus, minus, times, over and their signs, powers, squares and cubes, roots, percent
/// (of, off, added and taken away), fractions of, double, half, factorials, remainders, "the sum of
/// ... and ...", "add ... to ...", "what percent of ... is ...". Nesting deeper than 30 is no sum.
std::optional<Calculation> find_calculation(Tokens tokens);

}  // namespace eva::brain
