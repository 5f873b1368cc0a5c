#include "turn/speaker_level.h"

#include <gtest/gtest.h>

namespace eva::turn {
namespace {

SpeechPower turn(double power, std::size_t windows) {
  return {.sum = power * static_cast<double>(windows), .windows = windows};
}

TEST(SpeakerLevel, NobodyIsFarBeforeTheUserIsKnown) {
  SpeakerLevel level;
  EXPECT_FALSE(level.far(1));
  level.learn(turn(1e6, 15));
  EXPECT_FALSE(level.far(1));
  level.learn(turn(1e6, 1));
  EXPECT_TRUE(level.far(1));
}

TEST(SpeakerLevel, TwelveDecibelsAreFar) {
  SpeakerLevel level;
  level.learn(turn(1.6e6, 100));
  EXPECT_TRUE(level.far(0.9e5));
  EXPECT_FALSE(level.far(1.1e5));
}

TEST(SpeakerLevel, FollowsAUserWhoMovesAway) {
  SpeakerLevel level;
  level.learn(turn(1.6e6, 3000));
  EXPECT_TRUE(level.far(0.9e5));
  for (int i = 0; i < 20; ++i) level.learn(turn(4e5, 100));
  EXPECT_FALSE(level.far(0.9e5));
}

}  // namespace
}  // namespace eva::turn
