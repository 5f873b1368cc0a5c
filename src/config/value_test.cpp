#include "config/value.h"

#include <gtest/gtest.h>

namespace eva::config {
namespace {

TEST(Quote, EscapesWhatTomlAndTerminalsMind) {
  EXPECT_EQ(quote("plain"), "\"plain\"");
  EXPECT_EQ(quote("a\"b\\c\nd\te"), "\"a\\\"b\\\\c\\nd\\te\"");
  EXPECT_EQ(quote("\x1b[31m\x7f"), "\"\\u001B[31m\\u007F\"");
  EXPECT_EQ(quote("Grüße"), "\"Grüße\"");
}

TEST(Shorten, CutsBetweenCharacters) {
  EXPECT_EQ(shorten("abc", 3), "abc");
  EXPECT_EQ(shorten("abcd", 3), "abc...");
  EXPECT_EQ(shorten("aüb", 2), "a...");  // ü is two bytes
  EXPECT_EQ(shorten("\x80\x80\x80", 2), "...");
}

}  // namespace
}  // namespace eva::config
