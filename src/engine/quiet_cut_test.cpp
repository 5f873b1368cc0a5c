#include "engine/quiet_cut.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace eva::engine {
namespace {

constexpr std::size_t kSecond = 16'000;

std::vector<std::int16_t> loud(std::size_t samples) {
  std::vector<std::int16_t> pcm(samples);
  for (std::size_t i = 0; i < samples; ++i) pcm[i] = i % 2 == 0 ? 8000 : -8000;
  return pcm;
}
void silence(std::vector<std::int16_t>& pcm, std::size_t from, std::size_t samples) {
  std::fill_n(pcm.begin() + static_cast<std::ptrdiff_t>(from), samples, std::int16_t{0});
}
std::vector<std::size_t> sizes(const std::vector<std::span<const std::int16_t>>& parts) {
  std::vector<std::size_t> all;
  for (const auto& part : parts) all.push_back(part.size());
  return all;
}
using Sizes = std::vector<std::size_t>;

TEST(QuietCutTest, LeavesShortRecordingsWhole) {
  EXPECT_EQ(sizes(cut_at_quiet({}, kSecond)), Sizes{0});
  EXPECT_EQ(sizes(cut_at_quiet(loud(kSecond), kSecond)), Sizes{kSecond});
}

TEST(QuietCutTest, CutsInTheMiddleOfAPause) {
  auto pcm = loud(15 * kSecond);
  silence(pcm, 2 * kSecond, kSecond / 5);  // too early
  silence(pcm, 8 * kSecond, kSecond / 5);  // in the last third of 10 s
  const auto parts = cut_at_quiet(pcm, 10 * kSecond);
  // Blocks of 10 ms from 2/3 of 10 s: the cut is within one block of 8.1 s.
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_NEAR(static_cast<double>(parts[0].size()), 8.1 * kSecond, 160);
  EXPECT_EQ(parts[0].size() + parts[1].size(), pcm.size());
  EXPECT_EQ(parts[0].data() + parts[0].size(), parts[1].data());
}

TEST(QuietCutTest, PrefersTheQuieterOfTwoPauses) {
  auto pcm = loud(15 * kSecond);
  for (std::size_t i = 7 * kSecond; i < 7 * kSecond + kSecond / 4; ++i) pcm[i] = 100;
  for (std::size_t i = 9 * kSecond; i < 9 * kSecond + kSecond / 4; ++i) pcm[i] = 50;
  const auto parts = cut_at_quiet(pcm, 10 * kSecond);
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_GT(parts[0].size(), 9 * kSecond);
  EXPECT_LT(parts[0].size(), 9 * kSecond + kSecond / 4);
}

TEST(QuietCutTest, KeepsTheLimitWithoutPauses) {
  const auto pcm = loud(100 * kSecond + 7);
  std::size_t total = 0;
  for (const auto& part : cut_at_quiet(pcm, 28 * kSecond)) {
    EXPECT_LE(part.size(), 28 * kSecond);
    total += part.size();
  }
  EXPECT_EQ(total, pcm.size());
}

}  // namespace
}  // namespace eva::engine
