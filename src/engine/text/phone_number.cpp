// Telephone and similar numbers: digit by digit, a short pause between the groups.
#include <algorithm>
#include <array>
#include <vector>

#include "engine/text/numbers.h"
#include "engine/text/rules.h"
#include "engine/text/scan.h"

namespace eva::text {
namespace {

using Groups = std::vector<std::string_view>;

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

/// "555-867-5309" -> its groups; empty when the token holds anything but digits and one separator.
Groups digit_groups(std::string_view core, char separator) {
  Groups groups;
  Scan scan(core);
  do {
    const std::string_view digits = scan.take_digits();
    if (digits.empty()) return {};
    groups.push_back(digits);
  } while (scan.take(separator));
  if (!scan.done()) return {};
  return groups;
}

bool ends_with_zero(std::string_view digits) {
  return digits.ends_with('0');
}

/// 555-1234 is a number to dial; 500-1000 is a range.
bool is_local_number(const Groups& groups) {
  return groups.size() == 2 && groups[0].size() == 3 && groups[1].size() == 4 &&
         (groups[1].front() == '0' || !(ends_with_zero(groups[0]) && ends_with_zero(groups[1])));
}

bool is_full_number(const Groups& groups) {
  return groups.size() == 3 && groups[0].size() == 3 && groups[1].size() == 3 &&
         groups[2].size() == 4;
}

void say_groups(const Groups& groups, Spoken& out) {
  for (std::size_t i = 0; i < groups.size(); ++i) {
    out.say(groups[i] == "800" && i + 1 < groups.size() ? "eight hundred"
                                                        : digit_by_digit(groups[i]));
    if (i + 1 < groups.size()) out.mark(',');
  }
}

/// "+44 20 7946 0958": the groups of the tokens from `at` on. `used` counts the tokens.
Groups international(const Clause& clause, std::size_t at, std::size_t& used) {
  Groups groups;
  used = 0;
  for (std::size_t i = at; i < clause.tokens.size(); ++i) {
    std::string_view core = clause.tokens[i].core;
    if (i == at) core.remove_prefix(1);
    const Groups part = digit_groups(core, '-');
    if (part.empty()) break;
    groups.insert(groups.end(), part.begin(), part.end());
    ++used;
    const std::string& after = clause.tokens[i].after;
    if (!after.empty() && after != ")") break;
  }
  return groups;
}

/// "0800 123 456": the groups of the tokens from `at` on, the first with a zero in front.
Groups with_trunk_zero(const Clause& clause, std::size_t at) {
  Groups groups;
  for (std::size_t i = at; i < clause.tokens.size(); ++i) {
    const Token& token = clause.tokens[i];
    if (!all_digits(token.core) || (groups.empty() && token.core.front() != '0')) break;
    groups.push_back(token.core);
    if (!token.after.empty()) break;
  }
  return groups;
}

/// "Call 911", "dial 112": an emergency or service number behind such a verb.
bool is_service_number(const Clause& clause, std::size_t at) {
  constexpr std::array<std::string_view, 14> kNumbers = {"110", "111", "112", "118", "119",
                                                         "211", "311", "411", "511", "711",
                                                         "811", "911", "988", "999"};
  constexpr std::array<std::string_view, 5> kVerbs = {"call", "dial", "phone", "ring", "text"};
  const Token* previous = clause.neighbour(at, -1);
  if (previous == nullptr || !contains(kVerbs, lower(previous->core))) return false;
  return contains(kNumbers, clause.tokens[at].core);
}

std::size_t digits_in(const Groups& groups) {
  std::size_t count = 0;
  for (const std::string_view group : groups) count += group.size();
  return count;
}

}  // namespace

std::size_t say_phone_number(const Clause& clause, std::size_t at, Spoken& out) {
  const Token& token = clause.tokens[at];
  if (token.core.starts_with('+')) {
    std::size_t used = 0;
    const Groups groups = international(clause, at, used);
    if (digits_in(groups) < 8) return 0;
    out.say("plus");
    say_groups(groups, out);
    return used;
  }
  if (is_service_number(clause, at)) {
    out.say(digit_by_digit(token.core));
    return 1;
  }
  constexpr std::size_t kTrunkDigitsMin = 7;
  if (const Groups groups = with_trunk_zero(clause, at);
      groups.size() > 1 && digits_in(groups) >= kTrunkDigitsMin) {
    say_groups(groups, out);
    return groups.size();
  }
  const Token* next = clause.neighbour(at, 1);
  const Groups dashed = digit_groups(token.core, '-');
  if (dashed.size() == 1 && dashed[0].size() == 3 && next != nullptr) {
    Groups rest = digit_groups(next->core, '-');
    const bool area_code = token.before.ends_with('(') && token.after == ")";
    std::size_t used = 2;
    if (const Token* third = clause.neighbour(at, 2);
        rest.size() == 1 && third != nullptr && token.after.size() == area_code &&
        next->after.empty() && all_digits(third->core)) {
      rest.push_back(third->core);
      used = 3;
    }
    Groups all = {dashed[0]};
    all.insert(all.end(), rest.begin(), rest.end());
    if (is_full_number(all) && (area_code || used == 3)) {
      say_groups(all, out);
      return used;
    }
  }
  const Groups dotted = digit_groups(token.core, '.');
  if (dashed.size() >= 3 || is_local_number(dashed)) {
    say_groups(dashed, out);
  } else if (is_full_number(dotted)) {
    say_groups(dotted, out);
  } else {
    return 0;
  }
  return 1;
}

}  // namespace eva::text
