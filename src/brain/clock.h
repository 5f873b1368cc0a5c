#pragma once
// Local time and calendar in words.
#include <ctime>
#include <string>
#include <string_view>

namespace eva::brain {

/// "4:05 PM", "noon", "midnight", `minutes` after the local time (before it if negative) by a clock
/// that is not changed meanwhile.
std::string time_phrase(const std::tm& local, int minutes = 0);
/// "Wednesday", `days` after the local date (before it if negative).
std::string weekday_phrase(const std::tm& local, int days = 0);
/// "Wednesday, March 5, 2025".
std::string date_phrase(const std::tm& local, int days = 0);
/// "March".
std::string month_phrase(const std::tm& local);
int year(const std::tm& local);

}  // namespace eva::brain
