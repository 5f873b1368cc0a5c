#include "turn/ending.h"

#include <gtest/gtest.h>

#include <ostream>
#include <random>
#include <string>

namespace eva::turn {
namespace {

struct Row {
  const char* text;
  Ending ending;
};
void PrintTo(const Row& row, std::ostream* out) {
  *out << row.text;
}
class Endings : public testing::TestWithParam<Row> {};

TEST_P(Endings, AreTold) {
  EXPECT_EQ(static_cast<int>(ending_of(GetParam().text)), static_cast<int>(GetParam().ending));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Endings,
    testing::Values(
        Row{"", Ending::kNone}, Row{" ...", Ending::kNone}, Row{"Eva.", Ending::kFragment},
        Row{"Good morning.", Ending::kComplete}, Row{"Really?", Ending::kComplete},
        Row{"Give me.", Ending::kFragment}, Row{"Give me a light.", Ending::kUnknown},
        Row{"Make me a triple shot", Ending::kUnfinished},
        Row{"make me a triple shot", Ending::kUnknown}, Row{"What time is it?", Ending::kComplete},
        Row{"I would like to book a table for Friday.", Ending::kComplete},
        Row{"Who are you talking to?", Ending::kComplete},
        Row{"Tell me what that is!", Ending::kComplete},
        Row{"I would like to book a table for", Ending::kOpen},
        Row{"I went to the shop and.", Ending::kOpen}, Row{"It is because", Ending::kOpen},
        Row{"My name is", Ending::kOpen}, Row{"I think, um.", Ending::kOpen},
        Row{"First of all,", Ending::kOpen}, Row{"Well, I...", Ending::kOpen},
        Row{"So I want the.", Ending::kOpen}, Row{"My number is 5 5 5.", Ending::kReading},
        Row{"It has a lot of vitamin C.", Ending::kComplete},
        Row{"The code is A B C.", Ending::kReading}, Row{"My number is 0171.", Ending::kReading},
        Row{"Four five six", Ending::kReading}, Row{"Yes.", Ending::kShortAnswer},
        Row{"no", Ending::kShortAnswer}, Row{"Okay!", Ending::kShortAnswer},
        Row{"Yes, please.", Ending::kShortAnswer}, Row{"Seven.", Ending::kShortAnswer},
        Row{"42", Ending::kShortAnswer}, Row{"Wait.", Ending::kHold},
        Row{"Hold on.", Ending::kHold}, Row{"Hmm, let me think.", Ending::kHold},
        Row{"Just a second, please hold on", Ending::kHold},
        Row{"Can you wait?", Ending::kComplete}));

TEST(Ending, TakesAnyBytes) {
  std::mt19937 random(1);
  for (int i = 0; i < 2000; ++i) {
    std::string text(random() % 40, ' ');
    for (char& c : text) c = static_cast<char>(random());
    ending_of(text);
  }
}

}  // namespace
}  // namespace eva::turn
