#include "brain/calendar.h"

#include <gtest/gtest.h>

namespace eva::brain {
namespace {

// Wednesday, March 5, 2025, 16:05
std::tm afternoon() {
  std::tm local{};
  local.tm_year = 125;
  local.tm_mon = 2;
  local.tm_mday = 5;
  local.tm_hour = 16;
  local.tm_min = 5;
  return local;
}

std::string told(const char* question) {
  return calendar_answer(read_transcript(question).tokens, afternoon()).value_or("none");
}

struct Row {
  const char* question;
  const char* answer;
};

TEST(Calendar, TellsMomentsNearAndFar) {
  const Row rows[] = {
      {"What time is it?", "It is 4:05 PM."},
      {"What time will it be in two hours?", "In two hours it will be 6:05 PM."},
      {"What time is it in half an hour?", "In half an hour it will be 4:35 PM."},
      {"What time was it 20 minutes ago?", "20 minutes ago it was 3:45 PM."},
      {"What time will it be 90 minutes from now?", "90 minutes from now it will be 5:35 PM."},
      {"What time is it in London?", "I only know the time here. It is 4:05 PM."},
      {"What date is next Friday?", "The next one is Friday, March 7, 2025."},
      {"What date is next Wednesday?", "The next one is Wednesday, March 12, 2025."},
      {"What date is this Wednesday?", "Today is Wednesday, March 5, 2025."},
      {"What was the date last Wednesday?", "The last one was Wednesday, February 26, 2025."},
      {"What day is on Monday?", "The next one is Monday, March 10, 2025."},
      {"What is the date in two weeks?", "In two weeks it will be Wednesday, March 19, 2025."},
      {"What date was it a week ago?", "A week ago it was Wednesday, February 26, 2025."},
      {"What day was it 3 days ago?", "3 days ago it was Sunday."},
      {"What day will it be in ten days?", "In ten days it will be Saturday."},
      {"What is tomorrow?", "Tomorrow is Thursday, March 6, 2025."},
      {"What day is the day after tomorrow?", "The day after tomorrow is Friday."},
      {"Is it Friday tomorrow?", "No, tomorrow is Thursday."},
      {"Will tomorrow be Thursday?", "Yes, tomorrow is Thursday."},
      {"Was yesterday Tuesday?", "Yes, yesterday was Tuesday."},
      {"What month is it?", "It is March."},
      {"What year is it today?", "It is 2025."},
  };
  for (const Row& row : rows) EXPECT_EQ(told(row.question), row.answer) << row.question;
}

TEST(Calendar, TellsNothingUnlessAllOfItIsUnderstood) {
  for (const char* question : {"What's the time of the meeting tomorrow?",
                               "the time the shop closes",
                               "are you listening to me all the time",
                               "What time is it tomorrow?",
                               "What time does the train leave?",
                               "What's the date of the party?",
                               "What date is Easter?",
                               "What is the date in a year?",
                               "What date is a week from Friday?",
                               "What time flies?",
                               "What is the date in two hours?",
                               "What day is it in half a day?",
                               "What time is it in 3 hours ago?",
                               "What date is it in 99999999999 weeks?",
                               "Is it Friday the 13th?",
                               "What year was it two weeks ago?",
                               "What is",
                               "tomorrow",
                               "",
                               "What day today or tomorrow?",
                               "I have the time of my life.",
                               "Is Friday fine?"}) {
    EXPECT_EQ(told(question), "none") << question;
  }
}

}  // namespace
}  // namespace eva::brain
