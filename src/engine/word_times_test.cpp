#include "engine/word_times.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace eva::engine {
namespace {

TEST(AlignRows, FindsWhereEachRowLooks) {
  // Row i looks at frames 20 i to 20 i + 19, with some noise everywhere.
  constexpr std::size_t kRows = 4;
  constexpr std::size_t kFrames = 80;
  std::mt19937 random(3);
  std::uniform_real_distribution<float> noise(0, 0.3F);
  std::vector<float> attention(kRows * kFrames);
  for (std::size_t row = 0; row < kRows; ++row) {
    for (std::size_t frame = 0; frame < kFrames; ++frame) {
      attention[row * kFrames + frame] = noise(random) + (frame / 20 == row ? 1.0F : 0.0F);
    }
  }
  const auto first = align_rows(attention, kRows, kFrames);
  ASSERT_EQ(first.size(), kRows);
  for (std::size_t row = 0; row < kRows; ++row) {
    EXPECT_NEAR(static_cast<double>(first[row]), 20.0 * static_cast<double>(row), 3) << row;
  }
}

TEST(AlignRows, NeverFallsAndStaysInside) {
  std::mt19937 random(5);
  std::uniform_real_distribution<float> any(0, 1);
  for (const auto& [rows, frames] :
       {std::pair<std::size_t, std::size_t>{1, 1}, {1, 30}, {30, 1}, {12, 5}, {5, 200}}) {
    std::vector<float> attention(rows * frames);
    for (float& value : attention) value = any(random);
    const auto first = align_rows(attention, rows, frames);
    ASSERT_EQ(first.size(), rows);
    EXPECT_EQ(first.front(), 0u);
    EXPECT_TRUE(std::is_sorted(first.begin(), first.end()));
    EXPECT_LT(first.back(), frames);
  }
}

TEST(AlignRows, NothingIsAlignedWithNothing) {
  EXPECT_TRUE(align_rows({}, 0, 10).empty());
  EXPECT_TRUE(align_rows({}, 10, 0).empty());
}

}  // namespace
}  // namespace eva::engine
