#include "recorder/subtitles.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace eva::recorder {
namespace {

const char* const kLong =
    "And so, my fellow Americans, ask not what your country can do for you. Ask what you can do "
    "for your country, and do not forget that a very long sentence needs more than one cue.";

TEST(Subtitles, AShortTextIsOneCue) {
  const auto cues = cues_of({.start = 1s, .end = 3s, .text = "Go forward ten meters."});
  ASSERT_EQ(cues.size(), 1U);
  EXPECT_EQ(cues[0].text, "Go forward ten meters.");
  EXPECT_EQ(cues[0].start, 1s);
  EXPECT_EQ(cues[0].end, 3s);
  EXPECT_TRUE(cues_of({.start = 1s, .end = 3s, .text = " "}).empty());
}

TEST(Subtitles, ALongTextIsCutIntoLinesThatFitAndTimesThatGrow) {
  const auto cues = cues_of({.start = 10s, .end = 20s, .text = kLong});
  ASSERT_GT(cues.size(), 2U);
  std::string joined;
  Duration last = 10s;
  for (const Cue& cue : cues) {
    EXPECT_GE(cue.start, last);
    EXPECT_GT(cue.end, cue.start);
    last = cue.end;
    std::size_t line = 0;
    int lines = 1;
    for (const char c : cue.text) {
      line = c == '\n' ? 0 : line + 1;
      lines += c == '\n';
      EXPECT_LE(line, 42U) << cue.text;
    }
    EXPECT_LE(lines, 2);
    joined += (joined.empty() ? "" : " ") + cue.text;
  }
  std::ranges::replace(joined, '\n', ' ');
  EXPECT_EQ(joined, kLong);
  EXPECT_EQ(last, 20s);
  EXPECT_TRUE(cues[0].text.ends_with("for you.")) << "cut after the sentence";
}

TEST(Subtitles, WordTimesAreUsedWhereThereAreAnyAndKeptInOrder) {
  const std::vector<speech::Word> words{{"go", 100ms, 300ms},
                                        {"back", 250ms, 200ms},  // a recogniser may err
                                        {"now", 500ms, 99s}};
  const auto cues = cues_of({.start = 5s, .end = 7s, .text = "go back now", .words = words});
  ASSERT_EQ(cues.size(), 1U);
  EXPECT_EQ(cues[0].start, 5100ms);
  EXPECT_EQ(cues[0].end, 7s);
}

TEST(Subtitles, AWordLongerThanALineStandsAlone) {
  const auto cues = cues_of({.end = 1s, .text = "a " + std::string(60, 'x') + " b"});
  std::string joined;
  for (const Cue& cue : cues) joined += cue.text + "|";
  EXPECT_EQ(joined, "a\n" + std::string(60, 'x') + "|b|");
}

TEST(Subtitles, Formats) {
  const Cue cue{.start = 3'723'004ms, .end = 3'724'050ms, .text = "a < b & c"};
  EXPECT_EQ(srt_cue(7, cue), "7\n01:02:03,004 --> 01:02:04,050\na < b & c\n\n");
  EXPECT_EQ(vtt_cue(cue), "01:02:03.004 --> 01:02:04.050\na &lt; b &amp; c\n\n");
}

}  // namespace
}  // namespace eva::recorder
