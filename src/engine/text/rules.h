#pragma once
// The rules of the normaliser. Each knows one kind of writing, looks at the tokens from `at` on,
// and either says them (appends words) or leaves them to the next rule.
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "engine/text/lexicon.h"
#include "engine/text/spoken.h"
#include "engine/text/token.h"

namespace eva::text {

/// The clause that a rule works on.
struct Clause {
  std::span<const Token> tokens;
  const Lexicon& lexicon;   // the user's
  bool shouting = false;    // most words are in capitals: they are words, not acronyms
  bool arithmetic = false;  // is_arithmetic(tokens)

  /// The token `offset` places from `at`, nullptr beyond either end.
  const Token* neighbour(std::size_t at, int offset) const;
};

/// Returns how many tokens it said, 0 = none of its business and nothing was appended.
using Rule = std::size_t (*)(const Clause& clause, std::size_t at, Spoken& out);

std::size_t say_from_lexicon(const Clause& clause, std::size_t at, Spoken& out);
std::size_t say_web_address(const Clause& clause, std::size_t at, Spoken& out);
std::size_t say_date(const Clause& clause, std::size_t at, Spoken& out);
std::size_t say_phone_number(const Clause& clause, std::size_t at, Spoken& out);
std::size_t say_money(const Clause& clause, std::size_t at, Spoken& out);
std::size_t say_clock_time(const Clause& clause, std::size_t at, Spoken& out);
std::size_t say_expression(const Clause& clause, std::size_t at, Spoken& out);
std::size_t say_quantity(const Clause& clause, std::size_t at, Spoken& out);
std::size_t say_roman_numeral(const Clause& clause, std::size_t at, Spoken& out);
std::size_t say_abbreviation(const Clause& clause, std::size_t at, Spoken& out);
std::size_t say_plain(const Clause& clause, std::size_t at, Spoken& out);  // takes everything

/// A run of letters and apostrophes: word, acronym, camelCase or single letter.
void say_word(const Clause& clause, std::string_view word, Spoken& out);

/// Whether a word in capitals is spelled: what no mouth can say and, unless everything is in
/// capitals, most short ones.
bool is_acronym(std::string_view word, bool shouting);

/// Digits that stand alone: years in pairs, long numbers digit by digit, the others as cardinals.
std::string say_digits(std::string_view digits);

/// True when the token is a month's name or its abbreviation, with a capital.
bool is_month(std::string_view core);

/// True for the names of months and days and their abbreviations, with a capital.
bool is_calendar_name(std::string_view core);

/// True for "Feb", "Sept", "Tues": written with a full stop that need not end a sentence.
bool is_calendar_abbreviation(std::string_view core);

}  // namespace eva::text
