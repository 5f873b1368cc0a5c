// "2025-03-03", "3/4/2025", "March 3", "3 March", "Feb. 12", "Mon, Mar 3".
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "engine/text/numbers.h"
#include "engine/text/rules.h"
#include "engine/text/scan.h"

namespace eva::text {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> kDays = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                   "Friday", "Saturday", "Sunday"};

/// The name that `core` abbreviates by its first letters ("Sept", "Tues"), "" if none.
template <std::size_t N>
std::string_view abbreviated(const std::array<std::string_view, N>& names, std::string_view core) {
  if (core.size() < 3 || core.size() > 5) return "";
  for (const std::string_view name : names) {
    if (name.starts_with(core) && name != core) return name;
  }
  return "";
}

/// The name that `core` is, in full or abbreviated; "" if none.
template <std::size_t N>
std::string_view named(const std::array<std::string_view, N>& names, std::string_view core) {
  return std::find(names.begin(), names.end(), core) != names.end() ? core
                                                                    : abbreviated(names, core);
}

std::optional<int> small_number(std::string_view digits) {
  if (digits.empty() || digits.size() > 4) return std::nullopt;
  int value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

/// "3", "3rd": a day of a month.
std::optional<int> take_day(Scan& scan) {
  const std::string_view digits = scan.take_digits();
  const std::optional<int> day = digits.size() > 2 ? std::nullopt : small_number(digits);
  if (!day || *day < 1 || *day > 31) return std::nullopt;
  for (const std::string_view suffix : {"st", "nd", "rd", "th"}) {
    if (scan.take(suffix)) break;
  }
  return day;
}

std::string say_ordinal(int day) {
  return ordinal(static_cast<std::uint64_t>(day));
}

struct Date {
  int year = 0;
  int month = 0;
  int day = 0;

  bool is_possible() const { return month >= 1 && month <= 12 && day >= 1 && day <= 31; }
};

void say(const Date& date, Spoken& out) {
  out.say(lower(kMonths[static_cast<std::size_t>(date.month - 1)]));
  out.say(say_ordinal(date.day));
  out.say(date.year >= 1000 ? in_pairs(date.year)
                            : cardinal(static_cast<std::uint64_t>(date.year)));
}

/// Three numbers with the same separator. The order of the fields follows from the separator: ISO
/// for '-', American for '/' unless the year comes first, European for '.'.
std::optional<Date> take_numeric_date(Scan& scan, char separator) {
  const std::string_view a = scan.take_digits();
  if (!scan.take(separator)) return std::nullopt;
  const std::string_view b = scan.take_digits();
  if (!scan.take(separator)) return std::nullopt;
  const std::string_view c = scan.take_digits();
  const std::optional<int> first = small_number(a);
  const std::optional<int> second = small_number(b);
  const std::optional<int> third = small_number(c);
  if (!first || !second || !third) return std::nullopt;
  Date date;
  if (separator == '-') {
    if (a.size() != 4 || b.size() != 2 || c.size() != 2) return std::nullopt;
    date = {.year = *first, .month = *second, .day = *third};
  } else if (separator == '/' && a.size() == 4) {
    date = {.year = *first, .month = *second, .day = *third};
  } else if (separator == '/') {
    if (c.size() != 4 && c.size() != 2) return std::nullopt;
    date = {.year = *third, .month = *first, .day = *second};
    if (date.month > 12) std::swap(date.month, date.day);
    if (c.size() == 2) date.year += *third < 70 ? 2000 : 1900;
  } else {
    if (c.size() != 4) return std::nullopt;
    date = {.year = *third, .month = *second, .day = *first};
  }
  if (!date.is_possible()) return std::nullopt;
  return date;
}

bool say_numeric_date(std::string_view core, Spoken& out) {
  for (const char separator : {'-', '/', '.'}) {
    Scan scan(core);
    const std::optional<Date> date = take_numeric_date(scan, separator);
    if (!date) continue;
    // The time of an ISO stamp ("T10:30:00Z") is left out: it is rarely meant to be heard.
    if (!scan.done() && !(separator == '-' && scan.peek() == 'T')) continue;
    say(*date, out);
    return true;
  }
  return false;
}

/// "3", "3rd", "3-5" directly after a month's name.
bool say_days(std::string_view core, Spoken& out) {
  Scan scan(core);
  const std::optional<int> first = take_day(scan);
  if (!first) return false;
  std::optional<int> last;
  if (scan.take('-')) {
    last = take_day(scan);
    if (!last) return false;
  }
  if (!scan.done()) return false;
  out.say(say_ordinal(*first));
  if (last) {
    out.say("to");
    out.say(say_ordinal(*last));
  }
  return true;
}

bool starts_with_digit(const Token* token) {
  return token != nullptr && is_digit(token->core.front());
}

/// "Mon-Fri", "June-August".
bool say_name_range(std::string_view core, Spoken& out) {
  const std::size_t dash = core.find('-');
  if (dash == std::string_view::npos) return false;
  const std::string_view first = core.substr(0, dash);
  const std::string_view last = core.substr(dash + 1);
  const bool months = is_month(first) && is_month(last);
  if (!months && (named(kDays, first).empty() || named(kDays, last).empty())) return false;
  out.say(lower(months ? named(kMonths, first) : named(kDays, first)));
  out.say("to");
  out.say(lower(months ? named(kMonths, last) : named(kDays, last)));
  return true;
}

/// Whether the token two places on, behind a dash or "to", is such a name as well.
bool is_in_name_range(const Clause& clause, std::size_t at) {
  for (const int side : {-1, 1}) {
    const Token* link = clause.neighbour(at, side);
    const Token* other = clause.neighbour(at, 2 * side);
    if (other == nullptr || (link->core != "-" && link->core != "to")) continue;
    if (is_calendar_name(other->core)) return true;
  }
  return false;
}

/// "Feb. 12", "12 Feb", "Sept. 2025"; "Mon, Mar 3". Words ("sun", "may", "mar") need a number or a
/// month beside them.
std::string_view abbreviation_at(const Clause& clause, std::size_t at) {
  const Token& token = clause.tokens[at];
  const Token* next = clause.neighbour(at, 1);
  const Token* previous = clause.neighbour(at, -1);
  if (const std::string_view month = abbreviated(kMonths, token.core); !month.empty()) {
    const bool dated =
        starts_with_digit(next) || starts_with_digit(previous) || is_in_name_range(clause, at);
    const bool word = token.core == "Mar" || token.core == "Dec";
    return dated || (token.has_dot() && !word) ? month : "";
  }
  const std::string_view day = abbreviated(kDays, token.core);
  if (day.empty()) return "";
  const bool dated = starts_with_digit(next) || (next != nullptr && is_month(next->core)) ||
                     is_in_name_range(clause, at);
  const bool word = token.core == "Sun" || token.core == "Sat" || token.core == "Wed";
  return dated || (token.has_dot() && !word) ? day : "";
}

}  // namespace

bool is_month(std::string_view core) {
  return !named(kMonths, core).empty();
}

bool is_calendar_name(std::string_view core) {
  return is_month(core) || !named(kDays, core).empty();
}

bool is_calendar_abbreviation(std::string_view core) {
  return !abbreviated(kMonths, core).empty() || !abbreviated(kDays, core).empty();
}

std::size_t say_date(const Clause& clause, std::size_t at, Spoken& out) {
  const Token& token = clause.tokens[at];
  if (say_numeric_date(token.core, out) || say_name_range(token.core, out)) return 1;
  if (const std::string_view name = abbreviation_at(clause, at); !name.empty()) {
    out.say(lower(name));
    return 1;
  }
  const Token* previous = clause.neighbour(at, -1);
  const bool after_month = previous != nullptr && is_month(previous->core) &&
                           previous->after.find(',') == std::string::npos;
  if (after_month && say_days(token.core, out)) return 1;

  const Token* next = clause.neighbour(at, 1);
  if (next == nullptr || !token.after.empty() || !is_month(next->core)) return 0;
  Scan scan(token.core);
  const std::optional<int> day = take_day(scan);
  if (!day || !scan.done()) return 0;
  const bool has_article = previous != nullptr && lower(previous->core) == "the";
  if (!has_article) out.say("the");
  out.say(say_ordinal(*day));
  out.say("of");
  return 1;
}

}  // namespace eva::text
