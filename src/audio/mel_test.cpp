#include "audio/mel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace eva::audio {
namespace {

constexpr int kBands = 80;

/// 0.5 s of an integer chirp: ((31 i^2 + 17 i) mod 20001) - 10000.
std::vector<std::int16_t> chirp() {
  std::vector<std::int16_t> pcm;
  for (std::int64_t i = 0; i < 8000; ++i) {
    pcm.push_back(static_cast<std::int16_t>((i * i * 31 + i * 17) % 20001 - 10000));
  }
  return pcm;
}

// The expected values come from numpy in float64: reflect padding by 200, frames of 400 every 160,
// periodic Hann window, |rfft|^2, filters as triangles over hertz between points equally spaced in
// Slaney's mel with area 2 / (high - low), log10 with floor 1e-10 and maximum - 8, (x + 4) / 4.
TEST(LogMelTest, EqualsTheReference) {
  const LogMel log_mel(kBands);
  const auto mel = log_mel(chirp(), 8000);
  constexpr int kFrames = 100;
  ASSERT_EQ(mel.size(), static_cast<std::size_t>(kBands * kFrames));
  const auto at = [&](int band, int frame) {
    return mel[static_cast<std::size_t>(band * kFrames + frame)];
  };
  constexpr float kTolerance = 1e-4F;
  EXPECT_NEAR(at(0, 0), 1.0210775F, kTolerance) << "reflected at the start";
  EXPECT_NEAR(at(0, 20), 0.6984003F, kTolerance);
  EXPECT_NEAR(at(10, 25), 0.6820018F, kTolerance);
  EXPECT_NEAR(at(40, 3), 0.5594715F, kTolerance);
  EXPECT_NEAR(at(79, 10), 0.6898093F, kTolerance);
  EXPECT_NEAR(at(79, 49), 0.7706446F, kTolerance);
  EXPECT_NEAR(at(20, 50), 0.4627340F, kTolerance) << "half in the padding";
  EXPECT_NEAR(at(20, 51), -0.0763856F, kTolerance) << "the last frame with sound";
  EXPECT_NEAR(at(5, 99), -0.9789224F, kTolerance) << "the floor: maximum - 8";
  EXPECT_NEAR(std::accumulate(mel.begin(), mel.end(), 0.0), -815.77036, 0.05);
}

TEST(LogMelTest, FindsATone) {
  std::vector<std::int16_t> tone;
  for (int i = 0; i < 8000; ++i) {
    tone.push_back(static_cast<std::int16_t>(std::lround(8000 * std::sin(i * 0.3926990816987241))));
  }
  const auto mel = LogMel(kBands)(tone, 0);
  constexpr int kFrames = 50;
  ASSERT_EQ(mel.size(), static_cast<std::size_t>(kBands * kFrames));
  int loudest = 0;
  for (int band = 0; band < kBands; ++band) {
    if (mel[static_cast<std::size_t>(band * kFrames + 25)] >
        mel[static_cast<std::size_t>(loudest * kFrames + 25)]) {
      loudest = band;
    }
  }
  EXPECT_EQ(loudest, 26);
}

TEST(LogMelTest, SilenceIsTheFloorAndNothingIsNotANumber) {
  const auto silence = LogMel(kBands)(std::vector<std::int16_t>(1600), 1600);
  ASSERT_EQ(silence.size(), 80U * 20U);
  EXPECT_TRUE(std::ranges::all_of(silence, [](float value) { return value == -1.5F; }));
  const auto padding_only = LogMel(kBands)(std::vector<std::int16_t>{}, 1600);
  EXPECT_EQ(padding_only, std::vector<float>(80U * 10U, -1.5F));
  const auto shortest = LogMel(kBands)(std::vector<std::int16_t>{1}, 399);
  EXPECT_EQ(shortest.size(), 80U * 2U);
  EXPECT_TRUE(std::ranges::all_of(shortest, [](float value) { return std::isfinite(value); }));
}

TEST(LogMelTest, SurvivesFullScale) {
  std::vector<std::int16_t> square(3200);
  for (std::size_t i = 0; i < square.size(); ++i) square[i] = i / 8 % 2 == 0 ? 32767 : -32768;
  const auto mel = LogMel(128)(square, 0);
  ASSERT_EQ(mel.size(), 128U * 20U);
  EXPECT_TRUE(std::ranges::all_of(mel, [](float value) { return std::isfinite(value); }));
}

}  // namespace
}  // namespace eva::audio
