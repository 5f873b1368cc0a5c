#include <gtest/gtest.h>

#include "recorder/stabilizer.h"
#include "recorder/text_finish.h"

namespace eva::recorder {
namespace {

TEST(Stabilizer, CommitsWhatAllReadingsAgreeOnForAWhileButNotTheNewestWord) {
  Stabilizer text;
  text.add("go for", 200ms);
  EXPECT_EQ(text.committed(), "");
  EXPECT_EQ(text.tentative(), "go for");
  text.add("go forward", 800ms);
  EXPECT_EQ(text.committed(), "") << "0.6 s are not 0.8";
  text.add("Go, forward ten", 1000ms);
  EXPECT_EQ(text.committed(), "Go,") << "case and commas are no difference";
  EXPECT_EQ(text.tentative(), "forward ten");
  text.add("Go, forward ten meters", 1400ms);
  EXPECT_EQ(text.committed(), "Go, forward");
  EXPECT_EQ(text.tentative(), "ten meters");
}

TEST(Stabilizer, NeverTakesBackWhatItCommitted) {
  Stabilizer text;
  text.add("one two three", 0ms);
  text.add("one two three four", 1s);
  EXPECT_EQ(text.committed(), "one two three");
  text.add("won two three four five", 2s);
  text.add("won two three four five six", 4s);
  EXPECT_EQ(text.committed(), "one two three") << "the readings contradict it";
  EXPECT_EQ(text.tentative(), "four five six") << "but the text goes on";
  text.add("", 5s);
  EXPECT_EQ(text.committed(), "one two three");
  EXPECT_EQ(text.tentative(), "");
}

// Whisper hears "Thank you." in the first half second of many a sentence.
TEST(Stabilizer, AnInventionAtTheBeginIsNotCommitted) {
  Stabilizer text;
  for (const Duration heard : {200ms, 400ms, 600ms, 800ms}) text.add("Thank you.", heard);
  EXPECT_EQ(text.committed(), "");
  text.add("What your country", 1000ms);
  text.add("What your country can", 1800ms);
  EXPECT_EQ(text.committed(), "What your country");
}

// Threads #69, #82, #159 of RealtimeSTT: the same text again and again.
TEST(Stabilizer, TheSameReadingTwiceAddsNothingTwice) {
  Stabilizer text;
  for (int i = 0; i < 5; ++i) text.add("ten of clubs", i * 1s);
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
