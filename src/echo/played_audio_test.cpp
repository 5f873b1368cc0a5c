#include "echo/played_audio.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace eva::echo {
namespace {

std::vector<std::int16_t> constant(Duration length) {
  return std::vector<std::int16_t>(
      static_cast<std::size_t>(duration_to_samples(length, PlayedAudio::kPlayedRate)), 1000);
}

// Mean of 10 ms from `at` on.
double level(const PlayedAudio& played, Duration at) {
  std::vector<std::int16_t> out(160);
  played.copy(duration_to_samples(at, PlayedAudio::kRate), out);
  double sum = 0;
  for (const double x : out) sum += x;
  return sum / 160;
}

TEST(PlayedAudioTest, IsSilentWhereNothingWasPlayed) {
  PlayedAudio played;
  EXPECT_EQ(level(played, 0ms), 0);
  EXPECT_FALSE(played.end());
  played.push(constant(100ms), 500ms);
  EXPECT_EQ(level(played, 480ms), 0);
  EXPECT_NEAR(level(played, 550ms), 1000, 20);
  EXPECT_EQ(level(played, 600ms), 0);
}

TEST(PlayedAudioTest, JoinsFramesWhoseTimesJitter) {
  PlayedAudio played;
  for (int frame = 0; frame < 10; ++frame) {
    played.push(constant(20ms), 20ms * frame + (frame % 2 == 0 ? 0ms : 7ms));
  }
  for (auto at = 10ms; at < 180ms; at += 10ms)
    EXPECT_NEAR(level(played, at), 1000, 20) << at.count();
  EXPECT_NEAR(static_cast<double>(*played.end()), 3200, 64);
}

TEST(PlayedAudioTest, KeepsAPause) {
  PlayedAudio played;
  played.push(constant(100ms), 0ms);
  played.push(constant(100ms), 300ms);
  EXPECT_NEAR(level(played, 50ms), 1000, 20);
  EXPECT_EQ(level(played, 200ms), 0);
  EXPECT_NEAR(level(played, 350ms), 1000, 20);
}

TEST(PlayedAudioTest, ForgetsWhatWasFlushed) {
  PlayedAudio played;
  played.push(constant(400ms), 0ms);
  played.forget_after(200ms);
  EXPECT_NEAR(level(played, 150ms), 1000, 20);
  EXPECT_EQ(level(played, 250ms), 0);
  played.push(constant(100ms), 300ms);
  EXPECT_EQ(level(played, 250ms), 0);
  EXPECT_NEAR(level(played, 350ms), 1000, 20);
}

TEST(PlayedAudioTest, HeardEarlierThanToldReplacesTheRest) {
  PlayedAudio played;
  played.push(constant(500ms), 0ms);
  std::vector<std::int16_t> other(24'000 / 10, -1000);
  played.push(other, 200ms);
  EXPECT_NEAR(level(played, 150ms), 1000, 20);
  EXPECT_NEAR(level(played, 250ms), -1000, 20);
  EXPECT_EQ(level(played, 350ms), 0);
}

TEST(PlayedAudioTest, KeepsTwoSecondsAtMost) {
  PlayedAudio played;
  played.push(constant(10s), 0ms);
  EXPECT_EQ(level(played, 7500ms), 0);
  EXPECT_NEAR(level(played, 8200ms), 1000, 20);
}

}  // namespace
}  // namespace eva::echo
