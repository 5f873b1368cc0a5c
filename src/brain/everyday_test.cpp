// What people say to a voice assistant in passing: the answer is true, fits, and is short.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "brain/brain.h"

namespace eva::brain {
namespace {

using speech::ChatMessage;

// The last reply to a user who says these things; at Wednesday, March 5, 2025, 16:05.
std::string said(const std::vector<std::string>& user) {
  std::tm local{};
  local.tm_year = 125;
  local.tm_mon = 2;
  local.tm_mday = 5;
  local.tm_hour = 16;
  local.tm_min = 5;
  std::vector<ChatMessage> conversation;
  for (const std::string& text : user) {
    conversation.push_back({ChatMessage::Role::kUser, text});
    conversation.push_back({ChatMessage::Role::kAssistant, reply(conversation, local)});
  }
  return conversation.back().text;
}

struct Row {
  std::vector<std::string> user;
  std::string_view reply;  // its beginning
};

constexpr std::string_view kNothing = "I heard \"";  // admits that it has no answer
constexpr std::string_view kSkills = "Small things. ";
constexpr std::string_view kConnect = "Set llm url in eva dot toml. ";
constexpr std::string_view kDone = "All right.";
constexpr std::string_view kDeed = "I cannot do that. ";
constexpr std::string_view kEmergency =
    "I cannot call for help. Call your local emergency number now.";
constexpr std::string_view kWrong = "Sorry. I am a small program of fixed rules";

void expect(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const std::string reply = said(row.user);
    EXPECT_TRUE(reply.starts_with(row.reply)) << row.user.back() << "\n  -> " << reply;
  }
}

TEST(Everyday, TellsNoTimeWhereNoneIsAsked) {
  expect({
      {{"Are you listening to me all the time?"}, "I only hear what is sent to me"},
      {{"What's the time of the meeting tomorrow?"}, kNothing},
      {{"Do you know the time the shop closes?"}, kNothing},
      {{"What is half past three plus one hour?"}, kNothing},
      {{"What is ten past three plus five?"}, kNothing},
      {{"What date is next Friday?"}, "The next one is Friday, March 7, 2025."},
      {{"Can you tell me what the date is?"}, "Today is Wednesday, March 5, 2025."},
      {{"I wonder what time it is."}, "It is 4:05 PM."},
      {{"Got the time?"}, "It is 4:05 PM."},
      {{"Excuse me, what time is it?"}, "It is 4:05 PM."},
      {{"Never mind, what is two plus two?"}, "Two plus two is 4."},
  });
}

TEST(Everyday, TakesOnlyNamesForNames) {
  expect({
      {{"Do not call me Bob."}, "All right, I will not call you Bob."},
      {{"No, my name isn't Tom."}, "All right, I will not call you Tom."},
      {{"I'm not Tom."}, "All right, I will not call you Tom."},
      {{"Call me later."}, kDeed},
      {{"Call me Tomorrow."}, kDeed},
      {{"Call me tomorrow at five."}, kDeed},
      {{"I am Late."}, kNothing},
      {{"I am Hungry"}, kNothing},
      {{"This is Great"}, kNothing},
      {{"My name is hard to pronounce."}, kNothing},
      {{"My name is not important."}, kNothing},
      {{"My name is Anna and I live in Berlin."}, "Nice to meet you, Anna."},
      {{"I'm Anna, and you?"}, "Nice to meet you, Anna."},
      {{"My name is Tom.", "My name isn't Tom.", "What's my name?"},
       "I do not know your name yet."},
      {{"My name is Anna.", "Don't call me Bob.", "What's my name?"}, "Your name is Anna."},
      {{"My name is Anna.", "I am Hungry.", "What's my name?"}, "Your name is Anna."},
  });
}

TEST(Everyday, HeedsNegations) {
  expect({
      {{"Don't repeat after me."}, kDone},
      {{"Do not repeat that."}, kDone},
      {{"Please don't say anything."}, kDone},
      {{"Don't tell me the time."}, kDone},
      {{"Never say never."}, kDone},
      {{"I don't want to know the time."}, kDone},
      {{"No, thank you."}, kDone},
      {{"Don't you know the time?"}, kNothing},
      {{"I don't need help."}, kNothing},
      {{"You are not listening."}, kNothing},
      {{"That's not right."}, kWrong},
      {{"I'd say that's wrong."}, kWrong},
      {{"Don't stop. Repeat after me, hello."}, "Hello."},
  });
}

TEST(Everyday, KnowsWhatIsNotItsBusiness) {
  expect({
      {{"How do I connect my phone to the wifi?"}, kNothing},
      {{"I want to switch to a different model of car."}, kNothing},
      {{"Which car model should I buy?"}, kNothing},
      {{"How do I connect a language model to you?"}, kConnect},
      {{"Switch to another model."}, kConnect},
      {{"What can you do?", "How?"}, kConnect},
      {{"Why is the sky blue?", "How do I do that?"}, kConnect},
      {{"What time is it?", "How?"}, kNothing},
      {{"How is your mother?"}, kNothing},
      {{"How do I use this oven?"}, kNothing},
      {{"How can I use you?"}, kSkills},
      {{"Can you help me with my homework?"}, kNothing},
      {{"Where do you think I should go on holiday?"}, kNothing},
      {{"Where are you?"}, "I am a program. I run on the server"},
      {{"What can I do about my back pain?"}, kNothing},
      {{"What language do they speak in Brazil?"}, kNothing},
      {{"Harry cast a spell on Ron."}, kNothing},
      {{"Spell the word cat backwards"}, "Cat is spelled T, A, C backwards."},
      {{"Spell your name."}, "Eva is spelled E, V, A."},
  });
}

TEST(Everyday, SendsEmergenciesToThoseWhoCanHelp) {
  expect({
      {{"Help, my house is on fire!"}, kEmergency},
      {{"Hello! I need an ambulance."}, kEmergency},
      {{"Call 911."}, kEmergency},
      {{"My father had a heart attack. What time is it?"}, kEmergency},
      {{"I want to kill myself."}, kEmergency},
      {{"Is this song on fire?"}, kNothing},
  });
}

}  // namespace
}  // namespace eva::brain
