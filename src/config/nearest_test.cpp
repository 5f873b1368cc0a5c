#include "config/nearest.h"

#include <gtest/gtest.h>

#include <array>

namespace eva::config {
namespace {

TEST(EditDistance, CountsEdits) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("abc", ""), 3u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("silence", "silence"), 0u);
  EXPECT_EQ(edit_distance("silense", "silence"), 1u);
  EXPECT_EQ(edit_distance("trun", "turn"), 1u);  // neighbours swapped
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
}

TEST(Nearest, OffersOnlyWhatIsNear) {
  const std::array<std::string, 3> names = {"turn", "tts", "stt"};
  EXPECT_EQ(nearest("trun", names), "turn");
  EXPECT_EQ(nearest("tts", names), "tts");
  EXPECT_EQ(nearest("database", names), std::nullopt);
  EXPECT_EQ(nearest(std::string(101, 't'), names), std::nullopt);
}

}  // namespace
}  // namespace eva::config
