#include "engine/text/abbreviation.h"

#include <algorithm>
#include <iterator>

#include "engine/text/rules.h"
#include "engine/text/scan.h"

namespace eva::text {
namespace {

using When = Abbreviation::When;

constexpr Abbreviation kAbbreviations[] = {
    {"Mr", "mister", When::kAlways, false},
    {"Mrs", "missus", When::kAlways, false},
    {"Ms", "miz", When::kAlways, false},
    {"Messrs", "messieurs", When::kAlways, false},
    {"Prof", "professor", When::kAlways, false},
    {"Gen", "general", When::kWithDot, false},
    {"Sen", "senator", When::kWithDot, false},
    {"Rep", "representative", When::kWithDot, false},
    {"Gov", "governor", When::kWithDot, false},
    {"Rev", "reverend", When::kWithDot, false},
    {"Pres", "president", When::kWithDot, false},
    {"Capt", "captain", When::kWithDot, false},
    {"Lt", "lieutenant", When::kWithDot, false},
    {"Col", "colonel", When::kWithDot, false},
    {"Sgt", "sergeant", When::kWithDot, false},
    {"Maj", "major", When::kWithDot, false},
    {"Hon", "honorable", When::kWithDot, false},
    {"Jr", "junior", When::kAlways, true},
    {"Sr", "senior", When::kWithDot, true},
    {"Inc", "incorporated", When::kWithDot, true},
    {"Ltd", "limited", When::kAlways, true},
    {"Corp", "corporation", When::kWithDot, true},
    {"Co", "company", When::kWithDot, true},
    {"Bros", "brothers", When::kWithDot, true},
    {"Dept", "department", When::kAlways, true},
    {"dept", "department", When::kAlways, true},
    {"Univ", "university", When::kWithDot, true},
    {"Assn", "association", When::kAlways, true},
    {"Ave", "avenue", When::kWithDot, true},
    {"Blvd", "boulevard", When::kAlways, true},
    {"Rd", "road", When::kAlways, true},
    {"Ln", "lane", When::kWithDot, true},
    {"Ct", "court", When::kWithDot, true},
    {"Hwy", "highway", When::kAlways, true},
    {"Pkwy", "parkway", When::kAlways, true},
    {"Sq", "square", When::kWithDot, true},
    {"Apt", "apartment", When::kWithDot, false},
    {"apt", "apartment", When::kWithDot, false},
    {"Ste", "suite", When::kBeforeNumber, false},
    {"Mt", "mount", When::kAlways, false},
    {"Ft", "fort", When::kWithDot, false},
    {"etc", "et cetera", When::kAlways, true},
    {"vs", "versus", When::kAlways, false},
    {"approx", "approximately", When::kAlways, false},
    {"est", "estimated", When::kWithDot, false},
    {"avg", "average", When::kAlways, false},
    {"max", "maximum", When::kWithDot, true},
    {"misc", "miscellaneous", When::kAlways, false},
    {"temp", "temperature", When::kWithDot, true},
    {"tel", "telephone", When::kWithDot, false},
    {"Tel", "telephone", When::kWithDot, false},
    {"Rs", "rupees", When::kBeforeNumber, false},
    {"No", "number", When::kBeforeNumber, false},
    {"no", "number", When::kBeforeNumber, false},
    {"Nos", "numbers", When::kBeforeNumber, false},
    {"Fig", "figure", When::kWithDot, false},
    {"fig", "figure", When::kBeforeNumber, false},
    {"Vol", "volume", When::kWithDot, false},
    {"vol", "volume", When::kBeforeNumber, false},
    {"pp", "pages", When::kBeforeNumber, false},
    {"e.g", "for example", When::kAlways, false},
    {"i.e", "that is", When::kAlways, false},
};

bool starts_with_digit(const Token* token) {
  return token != nullptr && is_digit(token->core.front());
}

bool starts_with_capital(const Token* token) {
  return token != nullptr && is_upper(token->core.front());
}

/// A house number stands one to three tokens before: "221 Elm St."
bool follows_house_number(const Clause& clause, std::size_t at) {
  for (int back = -2; back >= -4; --back) {
    const Token* token = clause.neighbour(at, back);
    if (token == nullptr || !token->after.empty()) return false;
    if (is_digit(token->core.front())) return true;
  }
  return false;
}

/// "Elm St." is a street, "St. Louis" a saint; "Ocean Dr." is a drive, "Dr. Smith" a doctor.
bool is_street(const Clause& clause, std::size_t at) {
  const Token* previous = clause.neighbour(at, -1);
  if (previous == nullptr || !previous->after.empty()) return false;
  const bool named = is_upper(previous->core.front()) || is_digit(previous->core.front());
  if (!named) return false;
  const bool name_follows = starts_with_capital(clause.neighbour(at, 1)) &&
                            clause.tokens[at].after.find(',') == std::string::npos;
  return !name_follows || follows_house_number(clause, at);
}

bool say_saint_or_doctor(const Clause& clause, std::size_t at, Spoken& out) {
  const std::string& core = clause.tokens[at].core;
  if (core == "St") {
    out.say(is_street(clause, at) ? "street" : "saint");
  } else if (core == "Dr") {
    out.say(is_street(clause, at) ? "drive" : "doctor");
  } else {
    return false;
  }
  return true;
}

/// "a.m" and "pm" behind a time.
bool say_meridiem(const Clause& clause, std::size_t at, Spoken& out) {
  const std::string core = lower(clause.tokens[at].core);
  const Token* previous = clause.neighbour(at, -1);
  if ((core != "am" && core != "pm") || previous == nullptr || !previous->after.empty()) {
    return false;
  }
  const bool after_time = is_digit(previous->core.back()) || lower(previous->core) == "noon";
  if (!after_time) return false;
  out.spell(core);
  return true;
}

bool applies(const Abbreviation& entry, const Clause& clause, std::size_t at) {
  switch (entry.when) {
    case When::kAlways:
      return true;
    case When::kWithDot:
      return clause.tokens[at].has_dot();
    case When::kBeforeNumber:
      return clause.tokens[at].has_dot() && starts_with_digit(clause.neighbour(at, 1));
  }
  return false;
}

}  // namespace

const Abbreviation* find_abbreviation(std::string_view core) {
  const auto found = std::find_if(std::begin(kAbbreviations), std::end(kAbbreviations),
                                  [&](const Abbreviation& entry) { return entry.written == core; });
  return found == std::end(kAbbreviations) ? nullptr : &*found;
}

bool is_dotted(std::string_view core) {
  Scan scan(core);
  std::size_t parts = 0;
  do {
    const std::string_view letters = scan.take_letters();
    if (letters.empty() || letters.size() > 2) return false;
    ++parts;
  } while (scan.take('.'));
  return scan.done() && parts >= 2;
}

std::size_t say_abbreviation(const Clause& clause, std::size_t at, Spoken& out) {
  const std::string& core = clause.tokens[at].core;
  if (say_saint_or_doctor(clause, at, out) || say_meridiem(clause, at, out)) return 1;
  if (const Abbreviation* entry = find_abbreviation(core);
      entry != nullptr && applies(*entry, clause, at)) {
    out.say(entry->words);
    return 1;
  }
  if (!is_dotted(core)) return 0;
  out.spell(core);
  return 1;
}

}  // namespace eva::text
