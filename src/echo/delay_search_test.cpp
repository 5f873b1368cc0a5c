#include "echo/delay_search.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace eva::echo {
namespace {

std::vector<std::int16_t> noise(std::size_t length, unsigned seed, float level) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0, level);
  std::vector<std::int16_t> samples(length);
  for (auto& x : samples) x = static_cast<std::int16_t>(std::lround(normal(random)));
  return samples;
}

// What the microphone hears of `played`, whose first sample is kLatest before its block.
std::vector<std::int16_t> echo(const std::vector<std::int16_t>& played, std::int64_t delay,
                               float gain, const std::vector<std::int16_t>& other) {
  std::vector<std::int16_t> heard = other;
  for (std::size_t i = 0; i < heard.size(); ++i) {
    const auto at = static_cast<std::size_t>(DelaySearch::kLatest - delay) + i;
    heard[i] =
        static_cast<std::int16_t>(heard[i] + std::lround(gain * static_cast<float>(played[at])));
  }
  return heard;
}

TEST(DelaySearchTest, FindsQuietEchoesEarlyAndLate) {
  const auto played = noise(DelaySearch::kPlayed, 1, 3000);
  const auto room = noise(DelaySearch::kBlock, 2, 300);
  for (const std::int64_t delay : {-4000, -160, 0, 640, 4800, 12'000}) {
    DelaySearch search;
    const auto found = search.search(echo(played, delay, 0.1F, room), played);
    EXPECT_NEAR(static_cast<double>(found.delay), static_cast<double>(delay), 5);
    EXPECT_GT(found.strength, 9);
  }
}

TEST(DelaySearchTest, SaysThatNothingStandsOut) {
  int strong = 0;
  for (unsigned seed = 0; seed < 20; ++seed) {
    DelaySearch search;
    const auto found = search.search(noise(DelaySearch::kBlock, 100 + seed, 1000),
                                     noise(DelaySearch::kPlayed, seed, 3000));
    strong += found.strength > 6;
  }
  EXPECT_EQ(strong, 0);
}

TEST(DelaySearchTest, AgreesWithSilence) {
  DelaySearch search;
  const std::vector<std::int16_t> silence(DelaySearch::kPlayed);
  const auto found = search.search(noise(DelaySearch::kBlock, 1, 1000), silence);
  EXPECT_EQ(found.strength, 0);
}

}  // namespace
}  // namespace eva::echo
