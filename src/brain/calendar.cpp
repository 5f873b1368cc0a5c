#include "brain/calendar.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

#include "brain/clock.h"
#include "brain/number_words.h"
#include "brain/pattern.h"
#include "brain/text.h"

namespace eva::brain {
namespace {

// The moment that a question is about, as its words say it.
struct Moment {
  std::size_t first = 0;  // the tokens that say it
  std::size_t count = 0;
  std::string subject = "Today is";  // the answer begins so
  int days = 0;
  std::optional<int> minutes = std::nullopt;  // where it is counted in these; then days is 0
  bool weekday = false;  // its weekday is known: only the date is worth telling
};

struct NamedDay {
  std::string_view phrase, subject;
  int days;
};
constexpr NamedDay kNamedDays[] = {
    {"^the? day after tomorrow", "The day after tomorrow is", 2},
    {"^tomorrow", "Tomorrow is", 1},
    {"^the? day before yesterday", "The day before yesterday was", -2},
    {"^yesterday", "Yesterday was", -1},
    {"^today", "Today is", 0}};

std::optional<Moment> named_day(Tokens rest) {
  for (const NamedDay& day : kNamedDays) {
    if (auto taken = find_phrase(day.phrase, rest)) {
      return Moment{.count = *taken, .subject = std::string(day.subject), .days = day.days};
    }
  }
  return std::nullopt;
}

constexpr std::string_view kWeekday = "monday|tuesday|wednesday|thursday|friday|saturday|sunday";

int days_to(std::string_view weekday, const std::tm& local, int from, int step) {
  int days = from;
  while (weekday_phrase(local, days) != capitalised(std::string(weekday))) days += step;
  return days;
}

// "next Friday", "on Friday", "last Friday": the nearest that is not today, unless "this" is said.
std::optional<Moment> weekday(Tokens rest, const std::tm& local) {
  const auto taken =
      find_phrase(fmt::format("^on? the? next|coming|this|last? {}", kWeekday), rest);
  if (!taken) return std::nullopt;
  const Tokens words = rest.first(*taken);
  const std::string_view name = words.back().text;
  Moment moment{.count = *taken, .weekday = true};
  if (find_phrase("last", words)) {
    moment.days = days_to(name, local, -1, -1);
    moment.subject = "The last one was";
    return moment;
  }
  moment.days = days_to(name, local, find_phrase("this", words) ? 0 : 1, 1);
  if (moment.days > 0) moment.subject = "The next one is";
  return moment;
}

struct Unit {
  std::string_view names;
  int minutes;
};
constexpr int kDayMinutes = 24 * 60;
constexpr Unit kUnits[] = {{"^minute|minutes", 1},
                           {"^hour|hours", 60},
                           {"^day|days", kDayMinutes},
                           {"^week|weeks", 7 * kDayMinutes}};
constexpr std::int64_t kMinutesMax = 50'000'000;  // 95 years: no calendar of ours ends before

// "in two weeks", "3 days ago", "an hour from now"
std::optional<Moment> distance(Tokens rest) {
  const bool in = find_phrase("^in", rest).has_value();
  std::size_t at = in ? 1 : 0;
  Number amount = 1;
  if (const auto number = read_number(rest.subspan(at))) {
    amount = number->value;
    at += number->tokens;
    if (!amount.whole()) at += find_phrase("^a|an", rest.subspan(at)).value_or(0);
  } else if (const auto one = find_phrase("^a|an", rest.subspan(at))) {
    at += *one;
  } else {
    return std::nullopt;
  }
  for (const auto& [names, minutes] : kUnits) {
    const auto unit = find_phrase(names, rest.subspan(at));
    if (!unit) continue;
    at += *unit;
    const auto ago = find_phrase("^ago", rest.subspan(at));
    const auto ahead = find_phrase("^from now|today", rest.subspan(at));
    if (in == (ago || ahead)) return std::nullopt;  // one of them, and not both
    at += ago.value_or(0) + ahead.value_or(0);
    if (amount.value() * minutes > kMinutesMax) return std::nullopt;
    const auto whole = (amount * Number(minutes)).whole();
    if (!whole) return std::nullopt;
    const int total = static_cast<int>(ago ? -*whole : *whole);
    std::string words;
    for (const Token& token : rest.first(at)) words += (words.empty() ? "" : " ") + token.text;
    Moment moment{.count = at, .subject = capitalised(words) + (ago ? " it was" : " it will be")};
    if (minutes < kDayMinutes) {
      moment.minutes = total;
    } else if (total % kDayMinutes == 0) {
      moment.days = total / kDayMinutes;
    } else {
      return std::nullopt;
    }
    return moment;
  }
  return std::nullopt;
}

std::optional<Moment> find_moment(Tokens question, const std::tm& local) {
  for (std::size_t first = 0; first < question.size(); ++first) {
    const Tokens rest = question.subspan(first);
    auto moment = named_day(rest);
    if (!moment) moment = distance(rest);
    if (!moment) moment = weekday(rest, local);
    if (!moment) continue;
    moment->first = first;
    return moment;
  }
  return std::nullopt;
}

// What is asked, once the words for the moment are taken out. Some are what Whisper makes of
// unclear speech.
constexpr std::string_view kTime[] = {
    "^what|which the? time is|as|was|will? it|this|that? be?$",
    "^what the? time it? is|was$",
    "^what time do|have you|we have|got?$",
    "^what is|was|will the|a? current|local|exact|right? time|dime|times is|be? it?$",
    "^what time? is it o'clock$",
    "^the? current|local|exact? time is? it?$",
    "^how late is it$",
};
constexpr std::string_view kTimeElsewhere[] = {
    "^what time is it now? in|over|there",
    "^what is the? current|local? time now? in|over|there",
};
constexpr std::string_view kDate[] = {
    "^what|which date is|was|will|are|do? it|we|this|that? be|have? on?$",
    "^what the? date it? is|was$",
    "^what is|was|will be? the? current|exact|full? date is|be? it?$",
    "^the? current|exact|full? date is? it?$",
    "^what is the|which? day of the month is? it?$",
    "^what|which day of the month is it$",
};
constexpr std::string_view kDay[] = {
    "^what|which week? day|weekday of? the? week? is|was|will|are|do? it|we|this|that? be|have?$",
    "^what the? day it? is|was$",
    "^what is|was|will the week? day|weekday of? the? week? be?$",
    "^the week? day|weekday of? the? week?$",
};
constexpr std::string_view kMonth[] = {
    "^what|which month is|are|do it|this|we have|in?$",
    "^what is the|this? current? month$",
    "^the? current? month is? it?$",
};
constexpr std::string_view kYear[] = {
    "^what|which year is|are|do it|this|we have|in?$",
    "^what is the|this? current? year$",
    "^the? current? year is? it?$",
};

bool matches(std::span<const std::string_view> phrases, Tokens question) {
  return std::ranges::any_of(
      phrases, [&](std::string_view phrase) { return find_phrase(phrase, question).has_value(); });
}

std::string lower_first(std::string text) {
  if (text[0] >= 'A' && text[0] <= 'Z') text[0] += 'a' - 'A';
  return text;
}

// "is it Monday", "was yesterday Monday"; the weekday is the last word.
std::optional<std::string> is_it_weekday(Tokens question, const std::tm& local) {
  if (!find_phrase(fmt::format("^is|was|will ... {}", kWeekday), question)) return std::nullopt;
  const auto named = std::ranges::find_if(question, [](const Token& token) {
    return find_phrase(kWeekday, Tokens(&token, 1)).has_value();
  });
  const std::string name = capitalised(named->text);
  std::vector<Token> left(question.begin(), named);
  left.insert(left.end(), named + 1, question.end());
  Moment moment;
  if (const auto found = find_moment(left, local)) {
    moment = *found;
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(found->first),
               left.begin() + static_cast<std::ptrdiff_t>(found->first + found->count));
  }
  if (moment.minutes || !find_phrase("^is|was|will it|this? be? a? yet?$", left)) {
    return std::nullopt;
  }
  const std::string right = weekday_phrase(local, moment.days);
  return fmt::format("{}, {} {}.", name == right ? "Yes" : "No", lower_first(moment.subject),
                     right);
}

}  // namespace

std::optional<std::string> calendar_answer(Tokens question, const std::tm& local) {
  if (auto text = is_it_weekday(question, local)) return text;
  const auto found = find_moment(question, local);
  const Moment moment = found.value_or(Moment());
  std::vector<Token> left(question.begin(), question.end());
  if (found) {
    const auto first = left.begin() + static_cast<std::ptrdiff_t>(found->first);
    left.erase(first, first + static_cast<std::ptrdiff_t>(found->count));
  }
  const bool bare = found && !moment.minutes && matches({{"^what is|was|will? be?$"}}, left);
  const bool day = matches(kDay, left);
  if (moment.minutes) {
    if (!matches(kTime, left)) return std::nullopt;
    return fmt::format("{} {}.", moment.subject, time_phrase(local, *moment.minutes));
  }
  if (bare || matches(kDate, left) || (day && moment.weekday)) {
    return fmt::format("{} {}.", moment.subject, date_phrase(local, moment.days));
  }
  if (day) return fmt::format("{} {}.", moment.subject, weekday_phrase(local, moment.days));
  if (moment.days != 0 || moment.weekday) return std::nullopt;
  if (matches(kTime, left)) return fmt::format("It is {}.", time_phrase(local));
  if (matches(kTimeElsewhere, left)) {
    return fmt::format("I only know the time here. It is {}.", time_phrase(local));
  }
  if (matches(kMonth, left)) return fmt::format("It is {}.", month_phrase(local));
  if (matches(kYear, left)) return fmt::format("It is {}.", year(local));
  return std::nullopt;
}

}  // namespace eva::brain
