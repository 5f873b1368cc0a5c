#include "bench/stimuli.h"

#include <gtest/gtest.h>

namespace eva::bench {
namespace {

/// 300 ms of faint noise, 500 ms loud, 40 ms faint, 460 ms loud, 700 ms faint.
std::vector<std::int16_t> clip() {
  std::vector<std::int16_t> pcm;
  const auto add = [&](int ms, int level) {
    for (int i = 0; i < ms * kRate / 1000; ++i) {
      pcm.push_back(static_cast<std::int16_t>(i / 4 % 2 == 0 ? level : -level));
    }
  };
  add(300, 20);
  add(500, 8000);
  add(40, 20);
  add(460, 8000);
  add(700, 20);
  return pcm;
}

TEST(Stimuli, SpeechIsFoundByItsLevel) {
  const auto extent = speech_extent(clip());
  ASSERT_TRUE(extent);
  EXPECT_EQ(extent->begin, 300ms);
  EXPECT_EQ(extent->end, 1300ms);
  EXPECT_FALSE(speech_extent({}));
}

TEST(Stimuli, AHesitationLiesInTheQuietAndMovesTheEnd) {
  const auto pcm = clip();
  const Duration gap = quietest_near(pcm, 870ms);
  EXPECT_GE(gap, 800ms);
  EXPECT_LE(gap, 840ms);
  const Stimulus stimulus = hesitate(pcm, gap, 1s);
  EXPECT_EQ(stimulus.speech_end, 2300ms);
  const auto extent = speech_extent(stimulus.pcm);
  ASSERT_TRUE(extent);
  EXPECT_EQ(extent->end, stimulus.speech_end) << "room tone is no speech";
  EXPECT_EQ(stimulus.pcm.size(), static_cast<std::size_t>(6400) * kRate / 1000);
}

}  // namespace
}  // namespace eva::bench
