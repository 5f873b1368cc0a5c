#include "engine/token_text.h"

#include <gtest/gtest.h>

namespace eva::engine {
namespace {

std::string text(const TokenText& vocabulary, std::vector<std::int64_t> tokens) {
  return vocabulary.text(tokens);
}

TEST(TokenTextTest, JoinsTokensToUtf8) {
  // 0 " Caf", 1 C3, 2 A9, 3 " ", 4 F0 9F 98, 5 80, 6 "\n"
  const auto vocabulary =
      TokenText::parse("IENhZg== 0\nww== 1\nqQ== 2\nIA== 3\n8J+Y 4\ngA== 5\nCg== 6\n");
  ASSERT_TRUE(vocabulary) << vocabulary.error().detail;
  EXPECT_EQ(text(*vocabulary, {0, 1, 2}), "Café") << "a character over two tokens";
  EXPECT_EQ(text(*vocabulary, {0, 3, 4, 5}), "Caf \xF0\x9F\x98\x80");
  EXPECT_EQ(text(*vocabulary, {3, 0, 3, 6}), "Caf") << "trimmed";
  EXPECT_EQ(text(*vocabulary, {}), "");
  EXPECT_EQ(text(*vocabulary, {3, 3}), "");
}

TEST(TokenTextTest, DropsWhatIsNotACharacter) {
  // 0 "a", 1 C3, 2 F0 9F 98, 3 C0 80 (overlong), 4 ED A0 80 (surrogate), 5 F4 90 80 80, 6 80
  const auto vocabulary =
      TokenText::parse("YQ== 0\nww== 1\n8J+Y 2\nwIA= 3\n7aCA 4\n9JCAgA== 5\ngA== 6");
  ASSERT_TRUE(vocabulary) << vocabulary.error().detail;
  for (const std::int64_t bad : {1, 2, 3, 4, 5, 6}) {
    EXPECT_EQ(text(*vocabulary, {0, bad, 0}), "aa") << bad;
    EXPECT_EQ(text(*vocabulary, {0, bad}), "a") << bad;
  }
  EXPECT_EQ(text(*vocabulary, {0, 99, -1, 50257}), "a") << "ids without text";
}

TEST(TokenTextTest, RefusesOtherFiles) {
  for (const char* lines : {"YQ==", "YQ== x", "YQ== 1 2", "YQ 1", "?Q== 1", " 1", "YQ== -1",
                            "YQ== 200001", "YQ== 99999999999999999999", "YQ== 0\n\nYQ== 1"}) {
    const auto vocabulary = TokenText::parse(lines);
    ASSERT_FALSE(vocabulary) << lines;
    EXPECT_EQ(vocabulary.error().code, ErrorCode::kBadConfig) << lines;
  }
  const auto missing = TokenText::load("/nowhere/tokens.txt");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace eva::engine
