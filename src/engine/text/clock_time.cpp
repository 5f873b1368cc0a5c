// "10:30", "9:00", "5pm", "9am-5pm", "14:00", "1:02:03", "GMT-5".
#include <charconv>
#include <optional>

#include "engine/text/numbers.h"
#include "engine/text/rules.h"
#include "engine/text/scan.h"

namespace eva::text {
namespace {

struct ClockTime {
  int hour = 0;
  std::optional<int> minute;
  std::optional<int> second;
  std::string_view meridiem;  // "AM", "PM" or ""
};

std::optional<int> two_digits(std::string_view digits, int limit) {
  if (digits.empty() || digits.size() > 2) return std::nullopt;
  int value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (value >= limit) return std::nullopt;
  return value;
}

std::string_view take_meridiem(Scan& scan) {
  for (const std::string_view am : {"a.m", "am"}) {
    if (scan.take_ignoring_case(am)) return "AM";
  }
  for (const std::string_view pm : {"p.m", "pm"}) {
    if (scan.take_ignoring_case(pm)) return "PM";
  }
  return "";
}

bool is_meridiem(const Token* token) {
  if (token == nullptr) return false;
  Scan scan(token->core);
  return !take_meridiem(scan).empty() && scan.done();
}

std::optional<ClockTime> take_time(Scan& scan) {
  Scan at = scan;
  ClockTime time;
  const std::optional<int> hour = two_digits(at.take_digits(), 25);
  if (!hour) return std::nullopt;
  time.hour = *hour;
  if (at.take(':')) {
    const std::string_view digits = at.take_digits();
    time.minute = two_digits(digits, 60);
    if (!time.minute || digits.size() != 2) return std::nullopt;
    Scan seconds = at;
    if (seconds.take(':')) {
      time.second = two_digits(seconds.take_digits(), 60);
      if (time.second) at = seconds;
    }
  }
  time.meridiem = take_meridiem(at);
  if (!time.minute && (time.meridiem.empty() || time.hour == 0 || time.hour > 12)) {
    return std::nullopt;
  }
  scan = at;
  return time;
}

std::string number(int value) {
  return cardinal(static_cast<std::uint64_t>(value));
}

void say(const ClockTime& time, bool meridiem_follows, Spoken& out) {
  const int minute = time.minute.value_or(0);
  if (time.hour == 0 && minute == 0 && !time.second) {
    out.say("midnight");
    return;
  }
  out.say(number(time.hour));
  if (minute > 0 || time.second) {
    if (minute < 10) out.say(minute == 0 ? "zero" : "oh");
    if (minute > 0) out.say(number(minute));
  } else if (time.hour > 12) {
    out.say("hundred");
  } else if (time.meridiem.empty() && !meridiem_follows) {
    out.say("o'clock");
  }
  if (time.second) {
    out.say("and");
    out.say(number(*time.second));
    out.say(*time.second == 1 ? "second" : "seconds");
  }
  out.spell(time.meridiem);
}

/// "GMT-5", "UTC+5:30".
bool say_time_zone(std::string_view core, Spoken& out) {
  Scan scan(core);
  const std::string_view name = scan.take_letters();
  const bool behind = scan.take('-');
  if ((name != "GMT" && name != "UTC") || (!behind && !scan.take('+'))) return false;
  const std::optional<int> hours = two_digits(scan.take_digits(), 15);
  std::optional<int> minutes;
  if (scan.take(':')) minutes = two_digits(scan.take_digits(), 60);
  if (!hours || !scan.done()) return false;
  out.spell(name);
  out.say(behind ? "minus" : "plus");
  out.say(number(*hours));
  if (minutes.value_or(0) != 0) out.say(number(*minutes));
  return true;
}

}  // namespace

std::size_t say_clock_time(const Clause& clause, std::size_t at, Spoken& out) {
  const Token& token = clause.tokens[at];
  const Token* next = token.after.empty() ? clause.neighbour(at, 1) : nullptr;
  if (say_time_zone(token.core, out)) return 1;
  Scan scan(token.core);

  Scan bare = scan;  // "5-6pm": the first has no sign of its own
  if (const std::optional<int> first = two_digits(bare.take_digits(), 13);
      first && bare.take('-')) {
    if (const std::optional<ClockTime> second = take_time(bare); second && bare.done()) {
      out.say(number(*first));
      out.say("to");
      say(*second, is_meridiem(next), out);
      return 1;
    }
  }
  const std::optional<ClockTime> first = take_time(scan);
  if (!first) return 0;
  if (scan.done()) {
    say(*first, is_meridiem(next), out);
    return 1;
  }
  if (!scan.take('-')) return 0;
  const std::optional<ClockTime> second = take_time(scan);
  if (!second || !scan.done()) return 0;
  const bool meridiem = !second->meridiem.empty() || is_meridiem(next);
  say(*first, meridiem, out);
  out.say("to");
  say(*second, meridiem, out);
  return 1;
}

}  // namespace eva::text
