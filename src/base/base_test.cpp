#include <gtest/gtest.h>

#include <random>

#include "base/base64.h"
#include "base/cancel.h"

namespace eva {
namespace {

std::string encode(std::string_view text) {
  std::string out;
  base64_append(out, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  return out;
}

TEST(Base64, TheVectorsOfTheRfc) {  // RFC 4648, section 10
  EXPECT_EQ(encode(""), "");
  EXPECT_EQ(encode("f"), "Zg==");
  EXPECT_EQ(encode("fo"), "Zm8=");
  EXPECT_EQ(encode("foo"), "Zm9v");
  EXPECT_EQ(encode("foobar"), "Zm9vYmFy");
}

TEST(Base64, RoundTrip) {
  std::mt19937 random(5);
  for (std::size_t size = 0; size < 200; ++size) {
    std::vector<std::uint8_t> bytes(size);
    for (auto& b : bytes) b = static_cast<std::uint8_t>(random());
    std::string text;
    base64_append(text, bytes);
    EXPECT_EQ(base64_decode(text), bytes);
  }
}

TEST(Base64, BadInputIsRefused) {
  for (const char* text : {"A", "AB", "ABC", "AB=C", "====", "A===", "AB C", "ABC\n", "AB-_"}) {
    EXPECT_FALSE(base64_decode(text)) << text;
  }
}

TEST(CancelToken, PokesOnceAndAtOnceWhenLate) {
  CancelToken token;
  int pokes = 0;
  {
    const CancelToken::Hook hook(token, [&] { ++pokes; });
    token.cancel();
    token.cancel();
  }
  EXPECT_EQ(pokes, 1);
  EXPECT_TRUE(token.cancelled());
  const CancelToken::Hook late(token, [&] { ++pokes; });
  EXPECT_EQ(pokes, 2);
}

TEST(CancelToken, ADeadHookIsNotPoked) {
  CancelToken token;
  int pokes = 0;
  {
    const CancelToken::Hook hook(token, [&] { ++pokes; });
  }
  token.cancel();
  EXPECT_EQ(pokes, 0);
}

}  // namespace
}  // namespace eva
