#include "brain/clock.h"

#include <fmt/format.h>

#include <chrono>

namespace eva::brain {
namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::string_view kWeekdays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                          "Thursday", "Friday", "Saturday"};
constexpr std::string_view kMonths[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};

// From year, month and day alone; fields out of their range carry over as in std::mktime.
sys_days day_of(const std::tm& local, int days) {
  const auto month = std::chrono::year(local.tm_year + 1900) / std::chrono::January / 1 +
                     std::chrono::months(local.tm_mon);
  return sys_days(month) + std::chrono::days(local.tm_mday - 1 + days);
}

year_month_day date_of(const std::tm& local, int days) {
  return day_of(local, days);
}

std::string_view name_of(std::chrono::month month) {
  return kMonths[static_cast<unsigned>(month) - 1];
}

}  // namespace

std::string time_phrase(const std::tm& local, int minutes) {
  constexpr int kDay = 24 * 60;
  const int shifted = (local.tm_hour * 60 + local.tm_min + minutes % kDay + kDay) % kDay;
  if (shifted == 0) return "midnight";
  if (shifted == kDay / 2) return "noon";
  const int hours = shifted / 60;
  return fmt::format("{}:{:02} {}", hours % 12 == 0 ? 12 : hours % 12, shifted % 60,
                     hours < 12 ? "AM" : "PM");
}

std::string weekday_phrase(const std::tm& local, int days) {
  return std::string(kWeekdays[std::chrono::weekday(day_of(local, days)).c_encoding()]);
}

std::string date_phrase(const std::tm& local, int days) {
  const year_month_day date = date_of(local, days);
  return fmt::format("{}, {} {}, {}", weekday_phrase(local, days), name_of(date.month()),
                     static_cast<unsigned>(date.day()), static_cast<int>(date.year()));
}

std::string month_phrase(const std::tm& local) {
  return std::string(name_of(date_of(local, 0).month()));
}

int year(const std::tm& local) {
  return static_cast<int>(date_of(local, 0).year());
}

}  // namespace eva::brain
