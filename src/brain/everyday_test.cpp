// What people say to a voice assistant in passing: the answer is true, fits, and is short.
#include <gtest/gtest.h>

#include <algorithm>
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

TEST(Everyday, IsShortAndTrueInSmallTalk) {
  constexpr std::string_view kHello = "Hello. I am Eva, with a small built-in brain";
  constexpr std::string_view kWho = "I am Eva. I am a small built-in brain";
  constexpr std::string_view kWelcome = "You are welcome.";
  constexpr std::string_view kWell = "I am running well, thank you.";
  constexpr std::string_view kProgram = "No, I am a program.";
  constexpr std::string_view kEnglish = "I only know English.";
  constexpr std::string_view kUnfinished = "That sounded unfinished. Please say all of it again.";
  constexpr std::string_view kHear = "Yes, I hear you.";
  const std::vector<Row> rows = {
      {{"Good afternoon, Eva."}, kHello},
      {{"Hiya."}, kHello},
      {{"Hello hello."}, kHello},
      {{"Hey Siri."}, kHello},
      {{"Thanks for your help."}, kWelcome},
      {{"Much appreciated."}, kWelcome},
      {{"You're the best."}, kWelcome},
      {{"You're welcome."}, kDone},
      {{"Sorry about that."}, kDone},
      {{"How have you been?"}, kWell},
      {{"I'm fine, thanks, and you?"}, kWell},
      {{"How was your day?"}, kWell},
      {{"Are you busy?"}, kProgram},
      {{"Do you like music?"}, kProgram},
      {{"Do you love me?"}, kProgram},
      {{"Can you see me?"}, kProgram},
      {{"Do you have a family?"}, kProgram},
      {{"Who is Eva?"}, kWho},
      {{"What are you made of?"}, kWho},
      {{"You are stupid."}, kWrong},
      {{"Happy birthday."}, "Thank you."},
      {{"Congratulations!"}, "Thank you."},
      {{"I have a question."}, "Go ahead."},
      {{"I have a question. What year is it?"}, "It is 2025."},
      {{"Excuse me."}, kHear},
      {{"Hello? Is anyone there?"}, kHear},
      {{"Testing, one, two, three."}, kHear},
      {{"Okay thanks bye."}, "Goodbye."},
      {{"Good night, sleep well."}, "Goodbye."},
      {{"I have to go now."}, "Goodbye."},
      {{"Not now."}, kDone},
      {{"Maybe."}, kDone},
      {{"Um."}, kDone},
      {{"Shut up."}, kDone},
      {{"Two plus two.", "I don't understand."}, "Two plus two is 4."},
      {{"Half of twelve"}, "Half of twelve is 6."},
      {{"What is one plus one plus one?"}, "One plus one plus one is 3."},
      {{"Two hundred and fifty divided by five."}, "Two hundred and fifty divided by five is 50."},
      {{"How much is 3 times 5 dollars?"}, "3 times 5 is 15."},
      {{"What is 15% of 200 dollars?"}, "15 percent of 200 is 30."},
      {{"What is 24 times 60 minutes?"}, "24 times 60 is 1,440."},
      {{"What time is it in New York right now?"}, "I only know the time here. It is 4:05 PM."},
      {{"Ok Google, what time is it?"}, "It is 4:05 PM."},
      {{"What's the time? No wait, what's the date?"},
       "It is 4:05 PM. Today is Wednesday, March 5, 2025."},
      {{"What's the date on Sunday?"}, "The next one is Sunday, March 9, 2025."},
      {{"Will it be Friday in two days?"}, "Yes, in two days it will be Friday."},
      {{"What the"}, kUnfinished},
      {{"Could you tell me"}, kUnfinished},
      {{"Can you"}, kUnfinished},
      {{"I was wondering if"}, kUnfinished},
      {{"\u00BFQu\u00E9 hora es?"}, kEnglish},
      {{"Wie sp\u00E4t ist es?"}, kEnglish},
      {{"Je ne comprends pas."}, kEnglish},
      {{"Bonjour."}, kEnglish},
      {{"\u041F\u0440\u0438\u0432\u0435\u0442"}, kEnglish},
      {{"Turn on the lights."}, kDeed},
      {{"Alexa, play some music."}, kDeed},
      {{"Is it raining outside?"}, "I cannot know that."},
      {{"Are you recording me?"}, "I only hear what is sent to me while we are connected."},
      {{"Is two plus two four?"}, kNothing},
      {{"One two three."}, kNothing},
      {{"Banana telephone purple."}, kNothing},
      {{"La la la la."}, kNothing},
      {{"What time is lunch?"}, kNothing},
      {{"Do you save what I say?"}, kNothing},
      {{"If I were"}, kNothing},
  };
  expect(rows);
  for (const Row& row : rows) {
    const std::string reply = said(row.user);
    const auto sentences =
        std::ranges::count_if(reply, [](char c) { return c == '.' || c == '?' || c == '!'; });
    EXPECT_LE(sentences, 3) << reply;
  }
}

}  // namespace
}  // namespace eva::brain
