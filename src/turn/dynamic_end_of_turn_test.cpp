#include "turn/dynamic_end_of_turn.h"

#include <gtest/gtest.h>

namespace eva::turn {
namespace {

Duration needed(std::optional<std::string_view> text, bool asked = false) {
  DynamicEndOfTurn dynamic(500ms);
  return dynamic.silence_needed({.text = text, .asked = asked});
}

TEST(DynamicEndOfTurn, FollowsTheWords) {
  EXPECT_EQ(needed(std::nullopt), 500ms);
  EXPECT_EQ(needed(""), 500ms);
  EXPECT_EQ(needed("What is the time?"), 350ms);
  EXPECT_EQ(needed("I would like a"), 1250ms);
  EXPECT_EQ(needed("It is 5 5 5"), 1000ms);
  EXPECT_EQ(needed("Yes."), 500ms);
  EXPECT_EQ(needed("Yes.", true), 200ms);
  EXPECT_EQ(needed("Hold on."), 8s);
}

}  // namespace
}  // namespace eva::turn
