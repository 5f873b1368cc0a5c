#pragma once
// Formulas between LaTeX's delimiters.
#include <string>
#include <string_view>

namespace eva::text {

/// Formulas between $...$, $$...$$, \(...\) and \[...\] become text that the rules for arithmetic
/// can read: "$\frac{a}{b}$" -> "a over b". Prices ("$5 and $10") stay as they are.
std::string strip_latex(std::string_view text);

}  // namespace eva::text
