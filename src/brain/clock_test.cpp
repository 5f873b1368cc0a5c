#include "brain/clock.h"

#include <gtest/gtest.h>

namespace eva::brain {
namespace {

std::tm at(int year, int month, int day, int hour = 0, int minute = 0) {
  std::tm local{};
  local.tm_year = year - 1900;
  local.tm_mon = month - 1;
  local.tm_mday = day;
  local.tm_hour = hour;
  local.tm_min = minute;
  return local;
}

TEST(Clock, TellsTheTime) {
  EXPECT_EQ(time_phrase(at(2025, 3, 5, 0, 0)), "midnight");
  EXPECT_EQ(time_phrase(at(2025, 3, 5, 0, 5)), "12:05 AM");
  EXPECT_EQ(time_phrase(at(2025, 3, 5, 9, 0)), "9:00 AM");
  EXPECT_EQ(time_phrase(at(2025, 3, 5, 12, 0)), "noon");
  EXPECT_EQ(time_phrase(at(2025, 3, 5, 12, 30)), "12:30 PM");
  EXPECT_EQ(time_phrase(at(2025, 3, 5, 23, 59)), "11:59 PM");
}

TEST(Clock, TellsTheTimeBeforeAndAfter) {
  EXPECT_EQ(time_phrase(at(2025, 3, 5, 23, 30), 45), "12:15 AM");
  EXPECT_EQ(time_phrase(at(2025, 3, 5, 0, 15), -30), "11:45 PM");
  EXPECT_EQ(time_phrase(at(2025, 3, 5, 9, 30), 150), "noon");
  EXPECT_EQ(time_phrase(at(2025, 3, 5, 9, 30), -49 * 60), "8:30 AM");
}

TEST(Clock, TellsDaysAcrossMonthsAndYears) {
  EXPECT_EQ(date_phrase(at(2025, 3, 5)), "Wednesday, March 5, 2025");
  EXPECT_EQ(date_phrase(at(2024, 2, 28), 1), "Thursday, February 29, 2024");
  EXPECT_EQ(date_phrase(at(2025, 2, 28), 1), "Saturday, March 1, 2025");
  EXPECT_EQ(date_phrase(at(2025, 12, 31), 1), "Thursday, January 1, 2026");
  EXPECT_EQ(date_phrase(at(2026, 1, 1), -1), "Wednesday, December 31, 2025");
  EXPECT_EQ(weekday_phrase(at(2000, 1, 1)), "Saturday");
  EXPECT_EQ(month_phrase(at(2025, 9, 30)), "September");
  EXPECT_EQ(year(at(2025, 9, 30)), 2025);
}

TEST(Clock, CarriesFieldsOutOfRangeOver) {
  EXPECT_EQ(date_phrase(at(2025, 13, 32)), "Sunday, February 1, 2026");
  EXPECT_EQ(date_phrase(at(2025, 0, 0)), "Saturday, November 30, 2024");
}

}  // namespace
}  // namespace eva::brain
