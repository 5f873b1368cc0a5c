#include "endpoint/smart_turn_features.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace eva::endpoint {
namespace {

/// The integer chirp of audio/mel_test.cpp, which any language can make again.
std::vector<std::int16_t> chirp(std::int64_t samples) {
  std::vector<std::int16_t> pcm;
  for (std::int64_t i = 0; i < samples; ++i) {
    pcm.push_back(static_cast<std::int16_t>((i * i * 31 + i * 17) % 20001 - 10000));
  }
  return pcm;
}

std::vector<float> features_of(std::span<const std::int16_t> pcm) {
  const audio::LogMel log_mel(kBands);
  return smart_turn_features(pcm, log_mel);
}

float at(const std::vector<float>& features, int band, int frame) {
  return features[static_cast<std::size_t>(band * kFrames + frame)];
}

constexpr float kTolerance = 1e-3F;

// The expected values are those of pipecat-ai 1.14.0 (its own numpy code).
TEST(SmartTurnFeatures, EqualTheReferenceWithZerosInFront) {
  const auto features = features_of(chirp(8000));
  ASSERT_EQ(features.size(), static_cast<std::size_t>(kBands * kFrames));
  EXPECT_NEAR(at(features, 0, 0), 0.4929892F, kTolerance) << "the zeros are shifted by the mean";
  EXPECT_NEAR(at(features, 5, 749), 0.9666391F, kTolerance) << "half in the zeros";
  EXPECT_NEAR(at(features, 79, 749), 0.3461070F, kTolerance);
  EXPECT_NEAR(at(features, 10, 755), 1.3301702F, kTolerance);
  EXPECT_NEAR(at(features, 0, 760), 1.4112072F, kTolerance);
  EXPECT_NEAR(at(features, 40, 780), 1.4976439F, kTolerance);
  EXPECT_NEAR(at(features, 79, 790), 1.3755343F, kTolerance);
  EXPECT_NEAR(at(features, 20, 799), 1.3185995F, kTolerance) << "reflected at the end";
  EXPECT_NEAR(std::accumulate(features.begin(), features.end(), 0.0), -12765.882, 2.0);
}

TEST(SmartTurnFeatures, OfALongTurnTheNewestEightSecondsCount) {
  const auto features = features_of(chirp(140'000));
  EXPECT_NEAR(at(features, 0, 0), 1.0743155F, kTolerance);
  EXPECT_NEAR(at(features, 10, 5), 0.9782751F, kTolerance);
  EXPECT_NEAR(at(features, 40, 400), 0.9099723F, kTolerance);
  EXPECT_NEAR(at(features, 79, 799), 1.2389721F, kTolerance);
  EXPECT_NEAR(std::accumulate(features.begin(), features.end(), 0.0), 70728.893, 5.0);
}

TEST(SmartTurnFeatures, NothingAndSilenceAreNumbersToo) {
  for (const auto& pcm : {std::vector<std::int16_t>{}, std::vector<std::int16_t>(200'000)}) {
    EXPECT_TRUE(std::ranges::all_of(features_of(pcm), [](float v) { return std::isfinite(v); }));
  }
}

}  // namespace
}  // namespace eva::endpoint
