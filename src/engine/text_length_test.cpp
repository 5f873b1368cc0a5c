#include "engine/text_length.h"

#include <gtest/gtest.h>

#include <vector>

namespace eva::engine {
namespace {

std::vector<std::int16_t> sound(double seconds, std::int16_t level) {
  return std::vector<std::int16_t>(static_cast<std::size_t>(seconds * 16'000), level);
}

TEST(TextLength, CountsOnlyWhatSounds) {
  auto pcm = sound(3, 3000);
  EXPECT_TRUE(too_short_for("Write to us.", pcm));
  EXPECT_FALSE(too_short_for("Write to support.", pcm));
  // A long quiet tail (-36 dB) asks for no more words.
  const auto quiet = sound(20, 47);
  pcm.insert(pcm.end(), quiet.begin(), quiet.end());
  EXPECT_FALSE(too_short_for("Write to support.", pcm));
}

TEST(TextLength, LeavesShortOrSilentRecordingsAlone) {
  EXPECT_FALSE(too_short_for("Yes.", sound(1.9, 3000)));
  EXPECT_FALSE(too_short_for("", sound(10, 0)));
  EXPECT_FALSE(too_short_for("", {}));
}

}  // namespace
}  // namespace eva::engine
