#include "engine/voice_sound.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>

#include "engine/voice.h"

namespace eva::engine {
namespace {

constexpr int kRate = 22050;

/// `lead` and `tail` seconds of silence around `seconds` of a 200 Hz tone.
std::vector<float> tone(double lead, double seconds, double tail, float amplitude) {
  std::vector<float> samples(static_cast<std::size_t>((lead + seconds + tail) * kRate), 0.0F);
  const auto begin = static_cast<std::size_t>(lead * kRate);
  const auto length = static_cast<std::size_t>(seconds * kRate);
  for (std::size_t i = 0; i < length; ++i) {
    const double phase = 2 * std::numbers::pi * 200 * static_cast<double>(i) / kRate;
    samples[begin + i] = amplitude * static_cast<float>(std::sin(phase));
  }
  return samples;
}

double seconds_of(const std::vector<std::int16_t>& pcm) {
  return static_cast<double>(pcm.size()) / kVoiceRate;
}

TEST(FinishClauseTest, LeavesTwentyMillisecondsOfSilence) {
  const std::vector<std::int16_t> pcm = finish_clause(tone(0.3, 0.5, 0.4, 0.3F), kRate);
  EXPECT_NEAR(seconds_of(pcm), 0.54, 0.011);  // within one window on either side
}

TEST(FinishClauseTest, SilenceGivesNothing) {
  EXPECT_TRUE(finish_clause(tone(0.5, 0, 0, 0), kRate).empty());
  EXPECT_TRUE(finish_clause(tone(0, 0.5, 0, 0.0005F), kRate).empty());
  EXPECT_TRUE(finish_clause({}, kRate).empty());
}

TEST(FinishClauseTest, BothEndsAreQuietEvenWithoutSilenceAround) {
  const std::vector<std::int16_t> pcm = finish_clause(tone(0, 0.5, 0, 0.6F), kRate);
  ASSERT_GT(pcm.size(), 100U);
  EXPECT_LT(std::abs(pcm.front()), 100);
  EXPECT_LT(std::abs(pcm.back()), 100);
  const auto jump = [&](std::size_t i) { return std::abs(pcm[i + 1] - pcm[i]); };
  for (std::size_t i = 0; i < 50; ++i) {
    EXPECT_LT(jump(i), 1500) << i;  // the tone itself moves by 1300 a sample
    EXPECT_LT(jump(pcm.size() - 2 - i), 1500) << i;
  }
}

TEST(FinishClauseTest, LoudPeaksAreBentNotWrapped) {
  const std::vector<std::int16_t> pcm = finish_clause(tone(0.1, 0.5, 0.1, 3.0F), kRate);
  // A wrapped sample would jump by the whole range.
  for (std::size_t i = 1; i < pcm.size(); ++i) ASSERT_LT(std::abs(pcm[i] - pcm[i - 1]), 20000) << i;
  EXPECT_GT(*std::max_element(pcm.begin(), pcm.end()), 31000);
}

TEST(FinishClauseTest, RaisesTheLevelByTwoDecibels) {
  const std::vector<std::int16_t> pcm = finish_clause(tone(0.1, 0.5, 0.1, 0.3F), kRate);
  const double peak = *std::max_element(pcm.begin(), pcm.end());
  EXPECT_NEAR(20 * std::log10(peak / (0.3 * 32767)), 2.0, 0.1);
}

}  // namespace
}  // namespace eva::engine
