#include "engine/text/normalise.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>

#include "engine/text/expression.h"
#include "engine/text/rules.h"
#include "engine/text/scan.h"
#include "engine/text/sentences.h"

namespace eva::text {
namespace {

/// In this order: a rule may rely on the ones before it having refused.
constexpr std::array<Rule, 11> kRules = {say_from_lexicon, say_web_address, say_date,
                                         say_phone_number, say_money,       say_clock_time,
                                         say_expression,   say_quantity,    say_roman_numeral,
                                         say_abbreviation, say_plain};

/// A list of acronyms is not shouted: most of the words in capitals must be words, one a long one.
bool is_shouting(const std::vector<Token>& tokens) {
  constexpr std::size_t kLong = 5;
  std::size_t capitals = 0;
  std::size_t words = 0;
  bool has_long_word = false;
  for (const Token& token : tokens) {
    std::string letters;
    std::copy_if(token.core.begin(), token.core.end(), std::back_inserter(letters), is_letter);
    if (letters.size() < 2 || !all_upper(letters)) continue;
    ++capitals;
    if (is_acronym(letters, /*shouting=*/true)) continue;
    ++words;
    has_long_word = has_long_word || letters.size() >= kLong;
  }
  return capitals > 2 && capitals * 2 > tokens.size() && words * 2 > capitals && has_long_word;
}

/// The mark heard after tokens[at]; a full stop inside a clause belongs to an abbreviation.
char heard_mark(const std::vector<Token>& tokens, std::size_t at) {
  const Token& token = tokens[at];
  const bool last = at + 1 == tokens.size();
  const char mark = token.mark();
  if (mark == '.' && !last && !ends_sentence(token, &tokens[at + 1])) {
    return token.after.find(',') == std::string::npos ? 0 : ',';
  }
  if (mark == 0 && !last && token.after.find(')') != std::string::npos) return ',';
  return mark;
}

}  // namespace

const Token* Clause::neighbour(std::size_t at, int offset) const {
  const auto index = static_cast<std::ptrdiff_t>(at) + offset;
  if (index < 0 || index >= static_cast<std::ptrdiff_t>(tokens.size())) return nullptr;
  return &tokens[static_cast<std::size_t>(index)];
}

std::size_t say_from_lexicon(const Clause& clause, std::size_t at, Spoken& out) {
  const std::string& core = clause.tokens[at].core;
  const Pronunciation* found = clause.lexicon.find(core);
  if (found == nullptr) return 0;
  out.say(core, found);
  return 1;
}

std::vector<SpokenWord> normalise(std::string_view line, const Lexicon& lexicon) {
  const std::vector<Token> tokens = tokenise(line);
  const Clause clause{.tokens = tokens,
                      .lexicon = lexicon,
                      .shouting = is_shouting(tokens),
                      .arithmetic = is_arithmetic(tokens)};
  Spoken out;
  std::size_t at = 0;
  while (at < tokens.size()) {
    const bool area_code = is_digit(tokens[at].core.front());
    if (!area_code && tokens[at].before.find('(') != std::string::npos) out.mark(',');
    for (const Rule rule : kRules) {
      if (const std::size_t said = rule(clause, at, out); said != 0) {
        at += said;
        break;
      }
    }
    if (const char mark = heard_mark(tokens, at - 1); mark != 0) out.mark(mark);
  }
  return out.take();
}

}  // namespace eva::text
