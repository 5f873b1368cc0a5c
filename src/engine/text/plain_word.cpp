// What no other rule took: words, acronyms, names in camelCase, letters, compounds, stray signs.
#include <algorithm>
#include <array>

#include "engine/text/builtin_words.h"
#include "engine/text/expression.h"
#include "engine/text/flite_lexicon.h"
#include "engine/text/numbers.h"
#include "engine/text/rules.h"
#include "engine/text/scan.h"

namespace eva::text {
namespace {

/// In capitals, but read as words. Longer ones that can be pronounced are words anyway.
constexpr std::array<std::string_view, 38> kCapitalWords = {
    "OK",  "NO",  "YES", "NOT",  "AND",   "THE", "OR",   "RAM", "ROM", "PIN", "SIM", "ZIP", "GIF",
    "LAN", "WAN", "MAC", "AIDS", "LIDAR", "CAT", "SWAT", "TED", "GIT", "DO",  "GO",  "ON",  "OF",
    "IN",  "TO",  "IS",  "YOU",  "NEW",   "ALL", "BUT",  "FOR", "NOW", "WHY", "HOW", "NPR"};
/// In capitals and pronounceable, but spelled even among words in capitals.
constexpr std::array<std::string_view, 24> kSpelled = {
    "FAQ", "ASAP", "LED", "USDA", "NCAA", "AARP", "IEEE", "IMDB", "OECD", "UEFA", "AAA", "EULA",
    "UAE", "ISBN", "USA", "UK",   "EU",   "UN",   "CIA",  "API",  "CEO",  "URL",  "ATM", "AI"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

void say_as_word(const Clause& clause, std::string_view word, Spoken& out) {
  const Pronunciation* listed = clause.lexicon.find(word);
  if (listed != nullptr) {
    out.say(word, listed);
  } else {
    out.say(lower(word));
  }
}

/// Where camelCase begins its next hump: "iPhone" 1, "PostgreSQL" 7, "HTMLElement" 4, "APIs" never.
std::size_t next_hump(std::string_view word) {
  for (std::size_t i = 1; i < word.size(); ++i) {
    if (!is_upper(word[i])) continue;
    const bool after_lower = is_lower(word[i - 1]);
    const bool before_lower = i + 2 < word.size() && is_upper(word[i - 1]) &&
                              is_lower(word[i + 1]) && is_lower(word[i + 2]);
    const bool scottish = (i == 2 && word.starts_with("Mc")) || (i == 3 && word.starts_with("Mac"));
    if ((after_lower || before_lower) && !scottish) return i;
  }
  return word.size();
}

/// "CEOs", "PCs".
bool is_plural_acronym(std::string_view word) {
  return word.size() >= 3 && word.back() == 's' && all_upper(word.substr(0, word.size() - 1)) &&
         is_acronym(word.substr(0, word.size() - 1), /*shouting=*/false);
}

void say_letters_only(const Clause& clause, std::string_view word, Spoken& out) {
  if (find_builtin(word) != nullptr || clause.lexicon.find(word) != nullptr) {
    say_as_word(clause, word, out);
  } else if (is_plural_acronym(word)) {
    out.spell(word.substr(0, word.size() - 1));
    out.say("'s");
  } else if (const std::size_t hump = next_hump(word); hump < word.size()) {
    say_letters_only(clause, word.substr(0, hump), out);
    say_letters_only(clause, word.substr(hump), out);
  } else if (word.size() > 1 && all_upper(word)) {
    if (is_acronym(word, clause.shouting)) {
      out.spell(word);
    } else {
      say_as_word(clause, word, out);
    }
  } else if (word.size() == 1 ? word != "a" && word != "I" && word != "A" : !has_vowel(word)) {
    out.spell(word);
  } else {
    say_as_word(clause, word, out);
  }
}

const char* sign_name(std::string_view rest) {
  constexpr std::array<std::pair<std::string_view, const char*>, 16> kSigns = {{{"&", "and"},
                                                                                {"@", "at"},
                                                                                {"+", "plus"},
                                                                                {"=", "equals"},
                                                                                {"%", "percent"},
                                                                                {"/", "slash"},
                                                                                {"#", "hash"},
                                                                                {"$", "dollars"},
                                                                                {"€", "euros"},
                                                                                {"£", "pounds"},
                                                                                {"¥", "yen"},
                                                                                {"¢", "cents"},
                                                                                {"°", "degrees"},
                                                                                {"µ", "micro"},
                                                                                {"₹", "rupees"},
                                                                                {"Ω", "omega"}}};
  if (const Operator* sign = find_operator(rest); sign != nullptr && sign->written.size() > 1) {
    return sign->words;
  }
  for (const auto& [sign, name] : kSigns) {
    if (rest.starts_with(sign)) return name;
  }
  return nullptr;
}

/// Tokens that have words of their own.
const char* fixed_expression(std::string_view core) {
  constexpr std::array<std::pair<std::string_view, const char*>, 10> kFixed = {
      {{"&", "and"},
       {"+/-", "plus or minus"},
       {"w/", "with"},
       {"w/o", "without"},
       {"and/or", "and or"},
       {"he/she", "he or she"},
       {"his/her", "his or her"},
       {"b/c", "because"},
       {"->", "to"},
       {"=>", "to"}}};
  for (const auto& [written, words] : kFixed) {
    if (core == written) return words;
  }
  return nullptr;
}

/// Letters with inner apostrophes from the front of `scan`.
std::string_view take_word(Scan& scan) {
  const std::string_view all = scan.rest();
  std::size_t length = 0;
  while (length < all.size() && is_letter(all[length])) {
    ++length;
    const bool inner = length + 1 < all.size() && all[length] == '\'' && is_letter(all[length + 1]);
    if (inner) ++length;
  }
  const std::string_view word = all.substr(0, length);
  scan.take(word);
  return word;
}

/// Goes through a mixed token run by run: "COVID-19", "B12", "file.txt", "R&D", "2+2=4".
void say_runs(const Clause& clause, std::string_view core, Spoken& out) {
  Scan scan(core);
  while (!scan.done()) {
    if (const std::string_view word = take_word(scan); !word.empty()) {
      say_word(clause, word, out);
    } else if (Number number; take_number(scan, number)) {
      out.say(number.is_integer() && !number.grouped ? say_digits(number.whole) : decimal(number));
    } else {
      if (const char* name = sign_name(scan.rest())) {
        out.say(name);
      } else if (scan.peek() == '.' && scan.rest().size() > 1) {
        out.say("dot");
      }
      const Operator* sign = find_operator(scan.rest());
      scan.take(sign != nullptr ? sign->written : scan.rest().substr(0, 1));
    }
  }
}

/// "5-year-old", "mid-1990s", "well-known": each part by itself, with all rules for numbers.
void say_compound(const Clause& clause, std::string_view core, Spoken& out) {
  std::size_t begin = 0;
  while (begin <= core.size()) {
    const std::size_t end = std::min(core.find('-', begin), core.size());
    const std::string_view part = core.substr(begin, end - begin);
    begin = end + 1;
    if (part.empty()) continue;
    const Token token{.before = "", .core = std::string(part), .after = ""};
    const Clause alone{
        .tokens = {&token, 1}, .lexicon = clause.lexicon, .shouting = clause.shouting};
    if (say_quantity(alone, 0, out) == 0) say_runs(alone, part, out);
  }
}

}  // namespace

bool is_acronym(std::string_view word, bool shouting) {
  if (contains(kSpelled, word)) return true;
  if (contains(kCapitalWords, word) || find_builtin(word) != nullptr) return false;
  if (word.size() <= 3 && !shouting) return true;
  if (!has_vowel(word)) return true;
  return word.size() <= 6 && !is_pronounceable(lower(word));
}

void say_word(const Clause& clause, std::string_view word, Spoken& out) {
  const std::size_t apostrophe = word.find('\'');
  const std::string_view base = word.substr(0, apostrophe);
  const bool name_of_letters = base.size() > 1 ? all_upper(base) : base != "I" && base.size() == 1;
  if (apostrophe == word.npos) {
    say_letters_only(clause, word, out);
  } else if (word.ends_with("'s") && apostrophe + 2 == word.size() &&
             (name_of_letters || clause.lexicon.find(base) != nullptr ||
              next_hump(base) < base.size())) {
    say_letters_only(clause, base, out);
    out.say("'s");
  } else {
    out.say(lower(word));
  }
}

std::size_t say_plain(const Clause& clause, std::size_t at, Spoken& out) {
  const std::string& core = clause.tokens[at].core;
  if (const char* words = fixed_expression(core)) {
    out.say(words);
    return 1;
  }
  const bool opens_sentence = at == 0 || clause.neighbour(at, -1)->mark() != 0;
  if (core == "A" && !opens_sentence && !clause.shouting) {  // "plan A", not an article
    out.spell(core);
    return 1;
  }
  std::string joined = core;  // "wi-fi" and "e-mail" are listed as one word
  std::erase(joined, '-');
  if (joined.size() < core.size() && find_builtin(joined) != nullptr) {
    out.say(lower(joined));
  } else {
    say_compound(clause, core, out);
  }
  return 1;
}

}  // namespace eva::text
