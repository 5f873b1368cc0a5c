#include "engine/text/sentences.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace eva::text {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

struct Row {
  const char* text;
  std::vector<std::string> pieces;
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << row.text;
}

class SplitTest : public testing::TestWithParam<Row> {};

TEST_P(SplitTest, CutsAsExpected) {
  EXPECT_EQ(split_for_speech(GetParam().text), GetParam().pieces);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, SplitTest,
    testing::Values(Row{"One. Two! Three? Four", {"One.", "Two!", "Three?", "Four"}},
                    Row{"Dr. Smith met Mr. Jones at 5 p.m. He was late.",
                        {"Dr. Smith met Mr. Jones at 5 p.m.", "He was late."}},
                    Row{"We meet at 5 p.m. Tuesday.", {"We meet at 5 p.m. Tuesday."}},
                    Row{"Then J. R. Smith came... I left.",
                        {"Then J. R. Smith came...", "I left."}},
                    Row{"Wait... what?", {"Wait... what?"}},
                    Row{"My address is 221 Elm St. My dog barks.",
                        {"My address is 221 Elm St.", "My dog barks."}},
                    Row{"I like St. Louis.", {"I like St. Louis."}},
                    Row{"He said \"Hi.\" She left.", {"He said \"Hi.\"", "She left."}},
                    Row{"The U.S. Senate met.", {"The U.S. Senate met."}},
                    Row{"Really?! Yes.", {"Really?!", "Yes."}},
                    Row{"No. 5 is alive. No. It is not.", {"No. 5 is alive.", "No.", "It is not."}},
                    Row{"Bring boots, etc. and a hat.", {"Bring boots, etc. and a hat."}},
                    Row{"Bring boots, etc. They help.", {"Bring boots, etc.", "They help."}},
                    Row{"Born Feb. 12, 1809. Died 1865.", {"Born Feb. 12, 1809.", "Died 1865."}},
                    Row{"Rs. 500 is much. Or not.", {"Rs. 500 is much.", "Or not."}},
                    Row{">10 is fine. <5 is not.", {">10 is fine.", "<5 is not."}},
                    Row{"It costs 3.50. Cheap!", {"It costs 3.50.", "Cheap!"}},
                    Row{"See www.example.com. It works.", {"See www.example.com.", "It works."}},
                    Row{"# Title\n\nFirst line\ngoes on.\n\n- one\n- two",
                        {"Title.", "First line goes on.", "one.", "two"}},
                    Row{"1. Open it.\n2. Close it.", {"1, Open it.", "2, Close it."}},
                    Row{"```cpp\nint x;\n```\nDone.", {"int x;", "Done."}},
                    Row{"| a | b |\n|---|---|\n| 1 | 2 |", {"a, b,", "1, 2,"}}, Row{"😀", {}},
                    Row{"", {}}, Row{" . , ", {}}));

TEST(SplitTest, LongSentenceIsCutAtPunctuation) {
  const std::string part = "this clause is about sixty characters long and ends in a mark,";
  const std::string text = part + " " + part + " " + part + " " + part;
  EXPECT_THAT(split_for_speech(text), ElementsAre(part + " " + part + " " + part, part));
}

TEST(SplitTest, WithoutPunctuationItIsCutAtSpaces) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "word ";
  const std::vector<std::string> pieces = split_for_speech(text);
  ASSERT_THAT(pieces, SizeIs(3));
  EXPECT_EQ(pieces[0].size(), 199U);  // forty words
  EXPECT_EQ(pieces[2].size(), 99U);
}

TEST(SplitTest, NoPieceIsLongerThanAllowed) {
  const std::string text(1000, 'x');
  for (const std::string& piece : split_for_speech(text)) EXPECT_LE(piece.size(), kClauseMax);
}

TEST(SplitTest, QuickStartCutsTheFirstSentenceOnly) {
  const std::string text =
      "Thank you for calling us today, how can I help you with your order? "
      "Thank you for calling us again, how can I help you with your order?";
  EXPECT_THAT(split_for_speech(text), SizeIs(2));
  EXPECT_THAT(split_for_speech(text, true),
              ElementsAre("Thank you for calling us today,", "how can I help you with your order?",
                          "Thank you for calling us again, how can I help you with your order?"));
  EXPECT_THAT(split_for_speech("Well, that is short, is it not?", true), SizeIs(1));
  EXPECT_THAT(split_for_speech("", true), IsEmpty());
}

}  // namespace
}  // namespace eva::text
