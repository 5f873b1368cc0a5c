#include "bench/echo_room.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "bench/stimuli.h"

namespace eva::bench {
namespace {

std::vector<std::int16_t> tone(std::size_t samples, int rate) {
  std::vector<std::int16_t> pcm(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    pcm[i] = static_cast<std::int16_t>(
        8000 * std::sin(2 * std::numbers::pi * 440 * static_cast<double>(i) / rate));
  }
  return pcm;
}

double rms(std::span<const float> signal) {
  double sum = 0;
  for (const double x : signal) sum += x * x;
  return std::sqrt(sum / static_cast<double>(signal.size()));
}

TEST(EchoRoom, IsLateAndQuiet) {
  const std::vector<std::int16_t> direct{20'000};
  EchoRoom room({.impulse = direct, .level_db = -20, .delay = 100ms});
  const auto played = tone(24'000, 24'000);
  const auto echo = room.hear(played, kRate);
  EXPECT_LT(rms(std::span(echo).first(kRate / 10 - 64)), 10);
  EXPECT_NEAR(rms(std::span(echo).subspan(kRate / 10 + 64)), 800 / std::numbers::sqrt2, 10);
}

TEST(EchoRoom, RingsWithTheRoomsEnergy) {
  std::vector<std::int16_t> impulse(kRate / 4);
  impulse[0] = 16'000;
  impulse[1000] = -12'000;
  EchoRoom room({.impulse = impulse, .level_db = 0, .delay = 0ms});
  std::vector<std::int16_t> click(2400);
  click[1200] = 10'000;
  const auto echo = room.hear(click, kRate / 2);
  EXPECT_GT(rms(std::span(echo).subspan(790, 30)), 100);
  EXPECT_GT(rms(std::span(echo).subspan(1790, 30)), 100);
  EXPECT_LT(rms(std::span(echo).subspan(900, 800)), 10);
}

TEST(EchoRoom, DoesNotDependOnHowItIsAsked) {
  const std::vector<std::int16_t> impulse{9000, 0, 3000, -2000};
  const auto played = tone(12'000, 24'000);
  EchoRoom whole({.impulse = impulse, .level_db = -6, .delay = 40ms});
  EchoRoom parts({.impulse = impulse, .level_db = -6, .delay = 40ms});
  const auto echo = whole.hear(played, 9600);
  std::vector<float> joined;
  while (joined.size() < 9600) {
    const auto part = parts.hear(played, 320);
    joined.insert(joined.end(), part.begin(), part.end());
  }
  EXPECT_EQ(echo, joined);
}

TEST(EchoRoom, IsSilentBeyondWhatWasPlayed) {
  const std::vector<std::int16_t> direct{20'000};
  EchoRoom room({.impulse = direct, .level_db = 0, .delay = 0ms});
  room.hear(tone(2400, 24'000), 1700);
  EXPECT_EQ(rms(room.hear({}, 1600)), 0);
}

}  // namespace
}  // namespace eva::bench
