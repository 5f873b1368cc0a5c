#include "engine/repetition.h"

#include <gtest/gtest.h>

#include <vector>

namespace eva::engine {
namespace {

using Tokens = std::vector<std::int64_t>;

TEST(RepetitionTest, Cuts) {
  struct Row {
    const char* what;
    Tokens tokens;
    std::optional<std::size_t> keep;
  };
  const std::vector<Row> rows{
      {"nothing", {}, std::nullopt},
      {"no repetition", {1, 2, 3, 4, 5, 6, 7, 8, 9}, std::nullopt},
      {"7 times one token is speech", {5, 5, 5, 5, 5, 5, 5}, std::nullopt},
      {"8 times one token", {5, 5, 5, 5, 5, 5, 5, 5}, 1},
      {"behind other text", {1, 2, 5, 5, 5, 5, 5, 5, 5, 5}, 3},
      {"no, no, no,", {1, 2, 1, 2, 1, 2}, std::nullopt},
      {"4 pairs", {9, 1, 2, 1, 2, 1, 2, 1, 2}, 3},
      {"4 pairs and a half", {9, 1, 2, 1, 2, 1, 2, 1, 2, 1}, 3},
      {"3 triples", {1, 2, 3, 1, 2, 3, 1, 2, 3}, 3},
      {"2 long groups are speech", {1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6}, std::nullopt},
      {"3 long groups", {7, 1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6}, 7},
      {"ended repetition", {5, 5, 5, 5, 5, 5, 5, 5, 1}, std::nullopt},
  };
  for (const Row& row : rows) EXPECT_EQ(cut_repetition(row.tokens), row.keep) << row.what;
}

TEST(RepetitionTest, GroupsOfUpTo16) {
  for (std::int64_t size = 3; size <= 17; ++size) {
    Tokens tokens{100, 101};
    for (std::int64_t i = 0; i < 3 * size; ++i) tokens.push_back(i % size);
    const auto keep = cut_repetition(tokens);
    if (size <= 16) {
      EXPECT_EQ(keep, static_cast<std::size_t>(2 + size)) << size;
    } else {
      EXPECT_EQ(keep, std::nullopt) << size;
    }
  }
}

}  // namespace
}  // namespace eva::engine
