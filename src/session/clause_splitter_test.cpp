#include "session/clause_splitter.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace eva::session {
namespace {

using Pieces = std::vector<std::string>;

Pieces split(std::string_view text, std::size_t chunk = 1) {
  ClauseSplitter splitter;
  Pieces out;
  const auto drain = [&] {
    while (auto piece = splitter.pop()) out.push_back(*piece);
  };
  for (std::size_t i = 0; i < text.size(); i += chunk) {
    splitter.push(text.substr(i, chunk));
    drain();
  }
  splitter.finish();
  drain();
  return out;
}

struct Row {
  const char* text;
  Pieces pieces;
};
void PrintTo(const Row& row, std::ostream* out) {
  *out << std::string_view(row.text).substr(0, 60);
}
class ClauseSplitterRows : public testing::TestWithParam<Row> {};

TEST_P(ClauseSplitterRows, SplitsTheSameForAnyChunking) {
  const auto& [text, pieces] = GetParam();
  EXPECT_EQ(split(text, 1), pieces);
  EXPECT_EQ(split(text, 3), pieces);
  EXPECT_EQ(split(text, 1000), pieces);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ClauseSplitterRows,
    testing::Values(Row{"", {}}, Row{"Hello", {"Hello"}}, Row{"Hi. There.", {"Hi. ", "There."}},
                    Row{"Of course I can, and then some, really.",
                        {"Of course I can, ", "and then some, really."}},
                    Row{"Well, yes. No.", {"Well, yes. ", "No."}},
                    Row{"It is 3.5 km. Fine.", {"It is 3.5 km. ", "Fine."}},
                    Row{"Dr. Smith is in. Wait.", {"Dr. Smith is in. ", "Wait."}},
                    Row{"At 5 p.m. he left. So did I. Bye!",
                        {"At 5 p.m. he left. ", "So did I. ", "Bye!"}},
                    Row{"He said \"no.\" Then left.", {"He said \"no.\" ", "Then left."}},
                    Row{"What?! Really... yes.", {"What?! ", "Really... ", "yes."}},
                    Row{"One\nTwo\n\nThree", {"One\n", "Two\n", "\nThree"}},
                    Row{"A list: one; two.", {"A list: ", "one; ", "two."}},
                    Row{"See example.com for more. Ok", {"See example.com for more. ", "Ok"}}));

TEST(ClauseSplitter, TheFirstSentenceComesBeforeTheRestIsWritten) {
  ClauseSplitter splitter;
  splitter.push("It is ten o'clock.");
  EXPECT_FALSE(splitter.pop());  // ".5" might follow
  splitter.push(" ");
  EXPECT_FALSE(splitter.pop());
  splitter.push("W");
  EXPECT_EQ(splitter.pop(), "It is ten o'clock. ");
}

TEST(ClauseSplitter, ALongFirstSentenceIsCutBeforeAJoiningWord) {
  const std::string text =
      "The quickest way to the harbour from here is to take the tram down to the old town square "
      "and walk the rest of the way along the river until you see the lighthouse on the left side "
      "of the water and the boats in front of it.";
  const Pieces pieces = split(text);
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_TRUE(pieces[0].ends_with("old town square ")) << pieces[0];
  EXPECT_EQ(split(text, 7), pieces);
  EXPECT_LE(pieces[1].size(), ClauseSplitter::kMaxLength);
}

TEST(ClauseSplitter, LongTextWithoutPunctuationIsCutAtSpaces) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "word" + std::to_string(i) + " ";
  for (const auto& piece : split(text)) {
    EXPECT_LE(piece.size(), ClauseSplitter::kMaxLength);
    EXPECT_EQ(piece.back(), ' ');
  }
}

TEST(ClauseSplitter, AnyTextComesBackWholeInBoundedPieces) {
  std::mt19937 random(3);
  const std::string alphabet = "ab .,!?;:\n\"')é日3";
  for (int round = 0; round < 500; ++round) {
    std::string text;
    const int length = std::uniform_int_distribution(0, 900)(random);
    for (int i = 0; i < length; ++i) text += alphabet[random() % alphabet.size()];
    std::string joined;
    for (const auto& piece : split(text, 1 + random() % 50)) {
      EXPECT_LE(piece.size(), ClauseSplitter::kMaxLength);
      EXPECT_FALSE(piece.empty());
      joined += piece;
    }
    EXPECT_EQ(joined, text);
  }
}

}  // namespace
}  // namespace eva::session
