#include "engine/text/normalise.h"

#include <algorithm>
#include <array>

#include "engine/text/rules.h"
#include "engine/text/scan.h"
#include "engine/text/sentences.h"

namespace eva::text {
namespace {

/// In this order: a rule may rely on the ones before it having refused.
constexpr std::array<Rule, 10> kRules = {
    say_from_lexicon, say_web_address, say_date,          say_phone_number, say_money,
    say_clock_time,   say_quantity,    say_roman_numeral, say_abbreviation, say_plain};

bool is_shouting(const std::vector<Token>& tokens) {
  std::size_t capitals = 0;
  for (const Token& token : tokens) {
    const auto letters = std::count_if(token.core.begin(), token.core.end(), is_letter);
    const auto uppers = std::count_if(token.core.begin(), token.core.end(), is_upper);
    if (letters > 1 && letters == uppers) ++capitals;
  }
  return capitals > 2 && capitals * 2 > tokens.size();
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
  const Clause clause{.tokens = tokens, .lexicon = lexicon, .shouting = is_shouting(tokens)};
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
