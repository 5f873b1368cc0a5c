#include <gtest/gtest.h>

#include "recorder/stabilizer.h"
#include "recorder/text_finish.h"

namespace eva::recorder {
namespace {

TEST(Stabilizer, CommitsWhatTwoReadingsAgreeOnButNotTheNewestWord) {
  Stabilizer text;
  text.add("go for");
  EXPECT_EQ(text.committed(), "");
  EXPECT_EQ(text.tentative(), "go for");
  text.add("go forward");
  EXPECT_EQ(text.committed(), "go");
  EXPECT_EQ(text.tentative(), "forward");
  text.add("Go, forward ten");
  EXPECT_EQ(text.committed(), "go forward") << "case and commas are no difference";
  EXPECT_EQ(text.tentative(), "ten");
}

TEST(Stabilizer, NeverTakesBackWhatItCommitted) {
  Stabilizer text;
  text.add("one two three");
  text.add("one two three four");
  EXPECT_EQ(text.committed(), "one two three");
  text.add("won two three four five");
  EXPECT_EQ(text.committed(), "one two three");
  EXPECT_EQ(text.tentative(), "") << "it contradicts what was committed";
  text.add("");
  EXPECT_EQ(text.committed(), "one two three");
}

// Threads #69, #82, #159 of RealtimeSTT: the same text again and again.
TEST(Stabilizer, TheSameReadingTwiceAddsNothingTwice) {
  Stabilizer text;
  for (int i = 0; i < 5; ++i) text.add("ten of clubs");
  EXPECT_EQ(text.committed(), "ten of");
  EXPECT_EQ(text.tentative(), "clubs");
}

TEST(StartsWithWords, ComparesWords) {
  EXPECT_TRUE(starts_with_words("Go forward, ten meters.", "go forward"));
  EXPECT_TRUE(starts_with_words("anything", ""));
  EXPECT_FALSE(starts_with_words("Go forwards", "go forward"));
  EXPECT_FALSE(starts_with_words("go", "go forward"));
}

TEST(FinishText, FollowsTheOptions) {
  EXPECT_EQ(finish_text("  go   forward ", {}), "Go forward.");
  EXPECT_EQ(finish_text("Really?", {}), "Really?");
  EXPECT_EQ(finish_text("go", {.uppercase_start = false}), "go.");
  EXPECT_EQ(finish_text("go", {.period_end = false}), "Go");
  EXPECT_EQ(finish_text("caf\xC3\xA9", {}), "Caf\xC3\xA9.");
  EXPECT_EQ(finish_text(" ", {}), "");
}

}  // namespace
}  // namespace eva::recorder
