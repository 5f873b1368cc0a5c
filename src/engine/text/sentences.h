#pragma once
// Where to breathe: text to the pieces that are synthesised one after the other.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/text/token.h"

namespace eva::text {

/// The longest piece: the model's cost and memory grow with the square of its length (1,500
/// characters took 1.5 GB, measured).
inline constexpr std::size_t kClauseMax = 200;

/// The pieces of any text (UTF-8, Markdown): sentences; where one is longer than `longest` bytes,
/// its clauses up to the last punctuation that fits; where there is none, up to the last space.
/// With `quick_start` the first sentence is also cut at its first comma-like mark that leaves at
/// least 20 characters on both sides when it is longer than 60: the first sound comes sooner. Every
/// piece is plain text (plain_text.h), never empty, and holds at least one letter or digit. A token
/// longer than `longest` is a piece by itself, of up to kClauseMax.
std::vector<std::string> split_for_speech(std::string_view text, bool quick_start = false,
                                          std::size_t longest = kClauseMax);

/// Whether the sentence ends after `token`; `next` is nullptr at the end of the text. Knows
/// abbreviations ("Dr. Smith", "5 p.m. Tuesday"), initials and ellipses.
bool ends_sentence(const Token& token, const Token* next);

}  // namespace eva::text
