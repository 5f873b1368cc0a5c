#include "brain/pattern.h"

#include <gtest/gtest.h>

namespace eva::brain {
namespace {

struct Row {
  const char* pattern;
  const char* text;
  int taken;  // tokens up to the end of the match, -1: no match
};

TEST(Pattern, FindsPhrases) {
  const Row rows[] = {
      {"what time", "so what time is it", 3},
      {"what time", "what a time", -1},
      {"what|which day", "which day", 2},
      {"what|which day", "whichever day", -1},
      {"what is the? date", "what is date", 3},
      {"what is the? date", "what is the date", 4},
      {"what is the|a? date", "what is a date", 4},
      {"what is ... date", "what is date", 3},
      {"what is ... date", "what is today exact correct date", 6},
      {"what is ... date", "what is one two three four date", -1},
      {"^count to", "count to ten", 2},
      {"^count to", "please count to ten", -1},
      {"time$", "what time", 2},
      {"time$", "time flies", -1},
      {"^stop now?$", "stop", 1},
      {"^stop now?$", "stop now", 2},
      {"^stop now?$", "stop it now", -1},
      {"^a|b* c$", "a b b a c", 5},
      {"^a|b* c$", "c", 1},
      {"^a|b* b$", "a b b", 3},
      {"^a|b* c$", "a d c", -1},
      {"^a*$", "", 0},
      {"^* 3", "* 3", 2},
      {"^$", "", 0},
      {"^$", "word", -1},
      {"a", "", -1},
  };
  for (const Row& row : rows) {
    const Transcript transcript = read_transcript(row.text);
    const auto taken = find_phrase(row.pattern, transcript.tokens);
    EXPECT_EQ(taken ? static_cast<int>(*taken) : -1, row.taken)
        << row.pattern << " in " << row.text;
  }
}

}  // namespace
}  // namespace eva::brain
