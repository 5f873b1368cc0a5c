#include "session/conversation.h"

#include <gtest/gtest.h>

namespace eva::session {
namespace {

using Kind = Item::Part::Kind;
using Role = Item::Role;

Item item(std::string id, Role role, std::string text) {
  return {.id = std::move(id), .role = role, .parts = {{Kind::kInputText, std::move(text)}}};
}

TEST(Conversation, KeepsOrderAndRefusesUnknownPlaces) {
  Conversation c(10);
  ASSERT_TRUE(c.add(item("a", Role::kUser, "1")));
  ASSERT_TRUE(c.add(item("c", Role::kUser, "3")));
  ASSERT_TRUE(c.add(item("b", Role::kUser, "2"), "a"));
  ASSERT_TRUE(c.add(item("first", Role::kUser, "0"), "root"));
  EXPECT_EQ(c.add(item("a", Role::kUser, "x")).error().code, ErrorCode::kBadInput);
  EXPECT_EQ(c.add(item("d", Role::kUser, "x"), "nowhere").error().code, ErrorCode::kNotFound);
  std::string order;
  for (const Item& i : c.items()) order += i.id + " ";
  EXPECT_EQ(order, "first a b c ");
  EXPECT_EQ(c.previous_of("b"), "a");
  EXPECT_EQ(c.previous_of("first"), std::nullopt);
  EXPECT_TRUE(c.remove("b"));
  EXPECT_FALSE(c.remove("b"));
}

TEST(Conversation, ForgetsTheOldestBeyondItsLimit) {
  Conversation c(3);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(c.add(item(std::to_string(i), Role::kUser, "x")));
  EXPECT_EQ(c.items().size(), 3u);
  EXPECT_EQ(c.items().front().id, "2");
}

TEST(Conversation, AwaitsAnAnswerUnlessTheAssistantSpokeLast) {
  Conversation c(10);
  EXPECT_FALSE(c.awaits_answer());
  ASSERT_TRUE(c.add(item("a", Role::kUser, "hello")));
  EXPECT_TRUE(c.awaits_answer());
  ASSERT_TRUE(c.add(item("b", Role::kAssistant, "")));  // nothing of it was heard
  ASSERT_TRUE(c.add(item("n", Role::kUser, "")));       // noise
  EXPECT_TRUE(c.awaits_answer());
  c.find("b")->parts[0].text = "hi";
  EXPECT_FALSE(c.awaits_answer());
}

TEST(Conversation, TheBrainGetsInstructionsAndTheNewestItemsThatFit) {
  Conversation c(10);
  ASSERT_TRUE(c.add(item("a", Role::kUser, std::string(50, 'a'))));
  ASSERT_TRUE(c.add(item("b", Role::kAssistant, std::string(50, 'b'))));
  ASSERT_TRUE(c.add(item("e", Role::kUser, "")));
  ASSERT_TRUE(c.add(item("c", Role::kUser, std::string(50, 'c'))));
  const auto messages = c.messages("Be kind.", 120);
  ASSERT_EQ(messages.size(), 3u);
  EXPECT_EQ(messages[0].text, "Be kind.");
  EXPECT_EQ(messages[0].role, speech::ChatMessage::Role::kSystem);
  EXPECT_EQ(messages[1].text[0], 'b');
  EXPECT_EQ(messages[2].text[0], 'c');
  EXPECT_EQ(c.messages("", 10).size(), 1u);  // the newest always goes
}

TEST(Conversation, TheBrainIsToldWhereItWasCut) {
  Conversation conversation(10);
  const auto part = [](const char* text) {
    return std::vector{Item::Part{Item::Part::Kind::kOutputAudio, text}};
  };
  EXPECT_TRUE(conversation.add({.id = "a",
                                .role = Item::Role::kAssistant,
                                .status = Item::Status::kIncomplete,
                                .parts = part("It opens at")}));
  EXPECT_TRUE(conversation.add({.id = "b",
                                .role = Item::Role::kAssistant,
                                .status = Item::Status::kIncomplete,
                                .parts = part("")}));
  EXPECT_TRUE(
      conversation.add({.id = "c", .role = Item::Role::kAssistant, .parts = part("At nine.")}));
  const auto messages = conversation.messages("", 1000);
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages[0].text, "It opens at\u2014");
  EXPECT_EQ(messages[1].text, "At nine.");
}

}  // namespace
}  // namespace eva::session
