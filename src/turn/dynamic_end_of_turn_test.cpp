#include "turn/dynamic_end_of_turn.h"

#include <gtest/gtest.h>

#include "turn/make_end_of_turn.h"

namespace eva::turn {
namespace {

Duration needed(std::optional<std::string_view> text, bool asked = false) {
  DynamicEndOfTurn dynamic(500ms, false);
  return dynamic.silence_needed({.text = text, .asked = asked});
}

TEST(DynamicEndOfTurn, FollowsTheWords) {
  EXPECT_EQ(needed(std::nullopt), 500ms);
  EXPECT_EQ(needed("What is the time?"), 500ms);
  EXPECT_EQ(needed("Thank you."), 500ms);
  EXPECT_EQ(needed("Give me."), 800ms);
  EXPECT_EQ(needed("Make me a triple shot"), 1250ms);
  EXPECT_EQ(needed("I would like a"), 2s);
  EXPECT_EQ(needed(""), 2s);
  EXPECT_EQ(needed("It is 5 5 5"), 750ms);
  EXPECT_EQ(needed("Yes."), 500ms);
}

TEST(DynamicEndOfTurn, AShortAnswerToAQuestionEndsAtOnce) {
  for (const char* answer : {"Yes.", "No", "Okay.", "Seven.", "42"}) {
    EXPECT_EQ(needed(answer, true), 200ms) << answer;
  }
  EXPECT_EQ(needed("Tomorrow.", true), 500ms);
  EXPECT_EQ(needed("I would like a", true), 2s);
}

TEST(DynamicEndOfTurn, WhoeverHoldsTheFloorHasIt) {
  for (const char* text : {"Hold on.", "Wait.", "Hmm, let me think."}) {
    DynamicEndOfTurn hears(500ms, true);
    EXPECT_EQ(hears.silence_needed({.text = text, .probability = 1.0, .asked = true}), 8s) << text;
  }
  DynamicEndOfTurn slow(5s, true);
  EXPECT_EQ(slow.silence_needed({.text = "and", .probability = 0.0}), 8s) << "the longest";
}

TEST(DynamicEndOfTurn, FollowsTheSoundToo) {
  DynamicEndOfTurn hears(500ms, true);
  const auto with = [&](double probability) {
    return to_ms(hears.silence_needed({.text = "What is the time?", .probability = probability}));
  };
  EXPECT_EQ(with(0.5), 500);
  EXPECT_NEAR(static_cast<double>(with(1)), 352, 1);
  EXPECT_NEAR(static_cast<double>(with(0)), 709, 1);
  EXPECT_TRUE(hears.wanted().probability);
  EXPECT_FALSE(DynamicEndOfTurn(500ms, false).wanted().probability);
}

TEST(SmartEndOfTurn, FollowsTheSoundAlone) {
  const auto smart = make_end_of_turn(EndOfTurnKind::kSmart, 600ms, true);
  const auto with = [&](std::optional<double> probability) {
    return smart->silence_needed({.text = "Hold on.", .probability = probability});
  };
  EXPECT_EQ(with(std::nullopt), 600ms);
  EXPECT_EQ(with(0.5), 600ms);
  EXPECT_EQ(with(1.0), 200ms);
  EXPECT_EQ(with(0.0), 1800ms);
  EXPECT_FALSE(smart->wanted().text);
  EXPECT_FALSE(make_end_of_turn(EndOfTurnKind::kSmart, 600ms, false)->wanted().probability);
}

}  // namespace
}  // namespace eva::turn
