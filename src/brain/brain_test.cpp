#include "brain/brain.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "brain/text.h"

namespace eva::brain {
namespace {

using speech::ChatMessage;
using Role = ChatMessage::Role;

// Wednesday, March 5, 2025, 16:05
std::tm afternoon() {
  std::tm local{};
  local.tm_year = 125;
  local.tm_mon = 2;
  local.tm_mday = 5;
  local.tm_hour = 16;
  local.tm_min = 5;
  return local;
}

// A conversation in which the user says these things, one after the other; gives the last reply.
std::string talk(const std::vector<std::string>& user, std::string_view system = "") {
  std::vector<ChatMessage> conversation;
  if (!system.empty()) conversation.push_back({Role::kSystem, std::string(system)});
  std::string last;
  for (const std::string& text : user) {
    conversation.push_back({Role::kUser, text});
    last = reply(conversation, afternoon());
    conversation.push_back({Role::kAssistant, last});
  }
  return last;
}

struct Row {
  const char* heard;
  const char* reply;
};

constexpr const char* kModel =
    "I am a program, but not a language model. My answers follow a small set of fixed rules.";
constexpr const char* kWho =
    "I am Eva. I am a small built-in brain that works offline, not a language model.";
constexpr const char* kConnect =
    "Set llm url in eva dot toml. Give it the address of a server that speaks the OpenAI chat "
    "protocol, on this machine or elsewhere. Then start me again.";
constexpr const char* kAbilities =
    "Small things. I tell the time and the date, do sums, count, spell, and repeat after you. For "
    "anything else, connect a real model. Ask me how.";
constexpr const char* kHello =
    "Hello. I am Eva, with a small built-in brain that works offline. Ask me what I can do.";
constexpr const char* kJoke = "I have no jokes. But I can count to one hundred without a mistake.";
constexpr const char* kTime = "It is 4:05 PM.";
constexpr const char* kToday = "Today is Wednesday.";
constexpr const char* kDate = "Today is Wednesday, March 5, 2025.";
constexpr const char* kDivideByZero = "That has no result. Nothing can be divided by zero.";

constexpr Row kRows[] = {
    // time and date
    {"What time is it?", kTime},
    {"what's the time", kTime},
    {"What\u2019s the time?", kTime},
    {" What's the time, please?", kTime},
    {"Whats the time", kTime},
    {"What's the dime?", kTime},
    {"What time is this?", kTime},
    {"What time as it?", kTime},
    {"What time it is?", kTime},
    {"Hey Eva, what time is it now?", kTime},
    {"Can you tell me the time?", kTime},
    {"Could you please tell me what time it is?", kTime},
    {"Do you have the time?", kTime},
    {"Time please.", kTime},
    {"The time.", kTime},
    {"So, um, what time is it?", kTime},
    {"What's the current time?", kTime},
    {"WHAT TIME IS IT", kTime},
    {"What time is it in London?", "I only know the time here. It is 4:05 PM."},
    {"What day is it?", kToday},
    {"What day is it today?", kToday},
    {"What day is today?", kToday},
    {"Which day of the week is it?", kToday},
    {"Tell me the day.", kToday},
    {"What day do we have?", kToday},
    {"What day is tomorrow?", "Tomorrow is Thursday."},
    {"What day will it be tomorrow?", "Tomorrow is Thursday."},
    {"What day was yesterday?", "Yesterday was Tuesday."},
    {"What day is the day after tomorrow?", "The day after tomorrow is Friday."},
    {"Is it Wednesday?", "Yes, today is Wednesday."},
    {"Is today Monday?", "No, today is Wednesday."},
    {"Is tomorrow Thursday?", "Yes, tomorrow is Thursday."},
    {"What's today's date?", kDate},
    {"What is the date?", kDate},
    {"What's the date today?", kDate},
    {"Today's date.", kDate},
    {"what is todays date", kDate},
    {"What date is it?", kDate},
    {"Tell me today's date.", kDate},
    {"What's tomorrow's date?", "Tomorrow is Thursday, March 6, 2025."},
    {"What month is it?", "It is March."},
    {"What year is it?", "It is 2025."},
    {"What year are we in?", "It is 2025."},
    // sums
    {"What's seven times eight?", "Seven times eight is 56."},
    {"What's 7 times 8?", "7 times 8 is 56."},
    {"what is 7 x 8", "7 times 8 is 56."},
    {"7x8", "7 times 8 is 56."},
    {"What is 7\u00D78?", "7 times 8 is 56."},
    {"What's seven time eight?", "Seven time eight is 56."},
    {"What is 12 divided by 4?", "12 divided by 4 is 3."},
    {"Two plus two.", "Two plus two is 4."},
    {"2+2=?", "2 plus 2 is 4."},
    {"Two plus to?", "That is 4."},
    {"What is for plus four?", "That is 8."},
    {"How much is two and two?", "Two and two is 4."},
    {"Ten percent of 80.", "Ten percent of 80 is 8."},
    {"What's 10% of 80?", "10 percent of 80 is 8."},
    {"What is 20% off 50?", "20 percent off 50 is 40."},
    {"What is 80 plus 10%?", "80 plus 10 percent is 88."},
    {"What percent of 80 is 20?", "That is 25 percent."},
    {"20 is what percent of 80?", "That is 25 percent."},
    {"Square root of 16.", "Square root of 16 is 4."},
    {"What's the square root of two?", "The square root of two is about 1.41."},
    {"What is the square root of minus one?", "That has no result among the real numbers."},
    {"What is the cube root of 27?", "The cube root of 27 is 3."},
    {"What is two to the power of ten?", "Two to the power of ten is 1,024."},
    {"What's 2 to the 10th power?", "2 to the 10th power is 1,024."},
    {"What is 2^10?", "2 to the power of 10 is 1,024."},
    {"Five squared.", "Five squared is 25."},
    {"What's five factorial?", "Five factorial is 120."},
    {"How much is 10 divided by 3?", "10 divided by 3 is about 3.33."},
    {"What is five divided by zero?", kDivideByZero},
    {"5 / 0", kDivideByZero},
    {"What is minus five plus three?", "Minus five plus three is minus 2."},
    {"Point five times four.", "Point five times four is 2."},
    {"What is 1,250 times two?", "1,250 times two is 2,500."},
    {"What's one thousand two hundred and fifty plus 50?",
     "One thousand two hundred and fifty plus 50 is 1,300."},
    {"What's twenty-one plus twenty-one?", "Twenty one plus twenty one is 42."},
    {"What is two million times 3?", "Two million times 3 is 6,000,000."},
    {"What is (2 + 3) * 4?", "That is 20."},
    {"Two plus three times four.", "Two plus three times four is 14."},
    {"Add 5 to 3.", "That is 8."},
    {"Subtract three from ten.", "That is 7."},
    {"Take 3 away from 10.", "That is 7."},
    {"Multiply 6 by 7.", "That is 42."},
    {"Can you divide 12 by 5?", "That is 2.4."},
    {"What's the sum of five and three?", "The sum of five and three is 8."},
    {"What's the difference between 3 and 10?", "The difference between 3 and 10 is 7."},
    {"What's half of ninety?", "Half of ninety is 45."},
    {"What is three quarters of 100?", "Three quarters of 100 is 75."},
    {"What's double 21?", "Double 21 is 42."},
    {"What is 17 mod 5?", "17 mod 5 is 2."},
    {"Calculate 3.5 minus 1.25.", "3.5 minus 1.25 is 2.25."},
    {"What is 0.1 plus 0.2?", "0.1 plus 0.2 is 0.3."},
    {"What is 99999999999 times 99999999999?",
     "99999999999 times 99999999999 is about 1 times 10 to the power of 22."},
    {"What is 1000 to the power of 1000?", "That is too big for me."},
    {"Two plus two and three plus three.", "Two plus two is 4. Three plus three is 6."},
    // names
    {"My name is Anna.", "Nice to meet you, Anna."},
    {"my name is anna", "Nice to meet you, Anna."},
    {"My name's Anna.", "Nice to meet you, Anna."},
    {"Hi, I'm Anna.", "Nice to meet you, Anna."},
    {"Hello, this is Anna Schmidt.", "Nice to meet you, Anna Schmidt."},
    {"Please call me Tom.", "Nice to meet you, Tom."},
    {"What's my name?", "I do not know your name yet."},
    {"Do you know my name?", "I do not know your name yet."},
    {"Who am I?", "I do not know your name yet."},
    {"What's your name?", "My name is Eva."},
    {"What is your name, please?", "My name is Eva."},
    {"Tell me your name.", "My name is Eva."},
    {"Who are you?", kWho},
    {"What are you?", kWho},
    {"Are you an AI?", kModel},
    {"Are you an A.I.?", kModel},
    {"Are you ChatGPT?", kModel},
    {"Are you chat GPT?", kModel},
    {"Are you a robot?", kModel},
    {"Are you a large language model?", kModel},
    {"Which model are you?", kModel},
    {"Are you a real person?", "No, I am a program."},
    {"Are you human?", "No, I am a program."},
    {"Who made you?", "I am part of the Eva project. All my answers were written down beforehand."},
    // help
    {"What can you do?", kAbilities},
    {"What else can you do?", kAbilities},
    {"Help.", kAbilities},
    {"Can you help me?", kAbilities},
    {"What can I ask you?", kAbilities},
    {"How do I connect a real model?", kConnect},
    {"How can I connect a real muddle?", kConnect},
    {"How do I use a language model?", kConnect},
    {"How do I connect you to OpenAI?", kConnect},
    {"How can I make you smarter?", kConnect},
    {"Can I add my own LLM?", kConnect},
    // counting, spelling, repeating
    {"Count to ten.", "One, two, three, four, five, six, seven, eight, nine, ten."},
    {"Can you count to 3?", "One, two, three."},
    {"Count from 8 to 12.", "Eight, nine, ten. Eleven, twelve."},
    {"Count 1 to 3.", "One, two, three."},
    {"Count from five.", "Five, six, seven, eight, nine, ten. Eleven, twelve, thirteen, fourteen."},
    {"Count down from five.", "Five, four, three, two, one."},
    {"Count backwards from 3 to 0.", "Three, two, one, zero."},
    {"Count.", "I count in whole numbers. Tell me how far, for example to ten."},
    {"Spell cat.", "Cat is spelled C, A, T."},
    {"How do you spell Eva?", "Eva is spelled E, V, A."},
    {"Can you spell the word hello for me?", "Hello is spelled H, E, L, L, O."},
    {"How many letters in hello?", "Hello has 5 letters."},
    {"How many letters are in the word banana?", "Banana has 6 letters."},
    {"How many letters does Anna have?", "Anna has 4 letters."},
    {"How many letters are in the alphabet?", "The alphabet has 26 letters."},
    {"How many R's are in strawberry?", "Strawberry has the letter R 3 times."},
    {"Repeat after me, hello world.", "Hello world."},
    {"repeat after me hello world", "Hello world."},
    {"Repeat after me: my name is Anna.", "My name is Anna."},
    {"Repeat after me.", "What should I repeat?"},
    {"Repeated after me, one, two, three.", "One, two, three."},
    {"Please repeat after me, the rain in Spain.", "The rain in Spain."},
    {"Say hello world.", "Hello world."},
    {"Can you say good morning?", "Good morning?"},
    {"Repeat the following words: red, green, blue.", "Red, green, blue."},
    {"What time is it? And repeat after me, hello.", "It is 4:05 PM. Hello."},
    {"Say that again.", "I have not said anything yet."},
    {"What did I just say?", "Nothing before that. These were your first words to me."},
    // small talk
    {"Hello.", kHello},
    {"Hello, Eva!", kHello},
    {"Hey there.", kHello},
    {"Good morning.", kHello},
    {"Eva?", kHello},
    {"Thank you.", "You are welcome."},
    {"Thanks a lot!", "You are welcome."},
    {"Goodbye.", "Goodbye."},
    {"Good bye.", "Goodbye."},
    {"Bye bye!", "Goodbye."},
    {"Good night.", "Goodbye."},
    {"See you later.", "Goodbye."},
    {"How are you?", "I am running well, thank you."},
    {"How are you doing today?", "I am running well, thank you."},
    {"Can you hear me?", "Yes, I hear you."},
    {"Are you there?", "Yes, I hear you."},
    {"Can you here me?", "Yes, I hear you."},
    {"Okay.", "All right."},
    {"Stop.", "All right."},
    {"Never mind.", "All right."},
    {"Tell me a joke.", kJoke},
    {"Do you know any jokes?", kJoke},
    {"Tell me a story.",
     "I cannot make things up. That takes a language model. But I can repeat after you."},
    {"Flip a coin.", "I cannot do chance. Everything I say follows from what I hear."},
    {"How's the weather?", "I cannot know that. I work offline, without news or weather."},
    {"Set a timer for five minutes.", "I cannot do that. I only answer when I am spoken to."},
    {"Do you speak German?", "I only know English."},
    {"How old are you?", "I have no age. I am a program."},
    // several in one turn
    {"Hello, what time is it?", kTime},
    {"My name is Anna. What time is it?", "Nice to meet you, Anna. It is 4:05 PM."},
    {"What time is it and what's seven times eight?", "It is 4:05 PM. Seven times eight is 56."},
    {"What day is it, and what's your name?", "Today is Wednesday. My name is Eva."},
    {"What's the time? I'm just wondering.", kTime},
    {"What time is it? What time is it?", kTime},
    // nothing heard
    {"", "I did not hear any words."},
    {"...", "I did not hear any words."},
};

TEST(Brain, AnswersFirstTurns) {
  for (const Row& row : kRows) EXPECT_EQ(talk({row.heard}), row.reply) << row.heard;
}

struct Dialogue {
  std::vector<std::string> user;
  const char* reply;
  const char* system = "";
};

const Dialogue kDialogues[] = {
    {{"My name is Anna.", "What's my name?"}, "Your name is Anna."},
    {{"I'm Tom.", "What time is it?", "Do you remember my name?"}, "Your name is Tom."},
    {{"My name is Anna.", "My name is Maria.", "Who am I?"}, "Your name is Maria."},
    {{"I'm fine.", "What's my name?"}, "I do not know your name yet."},
    {{"I'm American.", "What's my name?"}, "I do not know your name yet."},
    {{"My name is Anna.", "Spell my name."}, "Anna is spelled A, N, N, A."},
    {{"My name is Anna.", "How many letters does my name have?"}, "Anna has 4 letters."},
    {{"My name is Anna.", "Hello."}, "Hello again, Anna."},
    {{"My name is Anna.", "Thank you."}, "You are welcome, Anna."},
    {{"My name is Anna.", "Goodbye."}, "Goodbye, Anna."},
    {{"What time is it?", "Say that again."}, kTime},
    {{"What time is it?", "Can you repeat that?"}, kTime},
    {{"What time is it?", "What did you say?"}, kTime},
    {{"What time is it?", "Pardon?"}, kTime},
    {{"What's two plus two?", "Sorry, I didn't catch that."}, "Two plus two is 4."},
    {{"What time is it?", "What was that?"}, kTime},
    {{"My name is Anna.", "What did I say my name was?"}, "Your name is Anna."},
    {{"Hello.", "What did you say your name was?"}, "My name is Eva."},
    {{"Two plus two.", "What did I say?"}, "You said: Two plus two."},
    {{"Repeat after me.", "The cat is black."}, "The cat is black."},
    {{"Repeat after me.", "What time is it?"}, "What time is it?"},
    {{"Repeat after me.", "One.", "What time is it?"}, kTime},
    {{"Who are you?"},
     "I am Nova. I am a small built-in brain that works offline, not a language model.",
     "You are Nova, a friendly voice assistant."},
    {{"What's your name?"}, "My name is Max.", "Be brief. Your name is Max."},
    {{"What's your name?"}, "My name is Eva.", "You are a helpful assistant. You are kind."},
    {{"Hey Nova, count to two."}, "One, two.", "You are Nova."},
    {{"Hello Nova."},
     "Hello. I am Nova, with a small built-in brain that works offline. Ask me what I can do.",
     "You are Nova."},
    {{"Hello, why is the sky blue?"},
     "I heard \"Hello, why is the sky blue\". I am only the built-in offline brain, so I cannot "
     "answer that. To connect a real model, set llm url in eva dot toml."},
};

TEST(Brain, RemembersTheConversation) {
  for (const Dialogue& row : kDialogues) {
    EXPECT_EQ(talk(row.user, row.system), row.reply) << row.user.back();
  }
}

TEST(Brain, GreetsWhereNobodyHasSpoken) {
  EXPECT_EQ(reply({}, afternoon()), "Hello. I am Eva. Ask me what I can do.");
  const ChatMessage greeting{Role::kAssistant, "Welcome."};
  EXPECT_EQ(reply(std::span(&greeting, 1), afternoon()), "Hello. I am Eva. Ask me what I can do.");
}

// What sounds like something it knows must not get the answer to that.
TEST(Brain, AdmitsWhatItDoesNotKnow) {
  for (const char* text :
       {"Why is the sky blue?", "What is the capital of France?", "I work 24/7 for them.",
        "What is five plus apple?", "What is 5 plus 3 plus?", "What is a hundred?",
        "What time is the meeting?", "Is two plus two five?", "How many people live in Berlin?",
        "I said it three times for fun.", "Write an email to my boss.", "What day is Christmas?",
        "I can't count on you.", "Geht es dir gut?", "I love you.", "x", "What's a language model?",
        "What is the meaning of life?", "The quick brown fox jumps over the lazy dog."}) {
    EXPECT_TRUE(talk({text}).starts_with("I heard \"")) << text << " -> " << talk({text});
  }
  EXPECT_EQ(talk({"\u4F60\u597D\u5417"}), "I only know English. So I did not understand that.");
}

TEST(Brain, QuotesOnlyTheBeginningOfLongSpeech) {
  EXPECT_TRUE(
      talk({"Yesterday my neighbour bought a rather large green bicycle for his son."})
          .starts_with(
              "I heard \"Yesterday my neighbour bought a rather large green\", and so on. "));
  EXPECT_TRUE(talk({"He said \"boo\" to me."}).starts_with("I heard \"He said boo to me\". "));
}

TEST(Brain, VariesItsNoAnswerAndKeepsTellingHowToConnect) {
  std::vector<std::string> user;
  std::set<std::string> replies;
  int hints = 0;
  for (int turn = 0; turn < 6; ++turn) {
    user.push_back("Why is the sky blue?");
    const std::string said = talk(user);
    replies.insert(said);
    hints += said.find("llm url in eva dot toml") != std::string::npos;
    user.push_back("What time is it?");  // an answered turn between them changes nothing
  }
  EXPECT_EQ(replies.size(), 6u);
  EXPECT_EQ(hints, 2);
  user.push_back("Why is the sky blue?");
  EXPECT_TRUE(talk(user).starts_with("I heard ")) << "begins anew";
}

TEST(Brain, TheVariationSurvivesAnInterruption) {
  const std::vector<ChatMessage> conversation = {{Role::kUser, "Why is the sky blue?"},
                                                 {Role::kAssistant, "I heard \"Why is the"},
                                                 {Role::kUser, "Why is the sea blue?"}};
  EXPECT_TRUE(reply(conversation, afternoon()).starts_with("You said \"Why is the sea blue\". "));
}

TEST(Brain, RepeatsAtMost600CharactersCutAtAWord) {
  std::string words;
  while (words.size() < 3000) words += "caf\u00E9 au lait ";
  const std::string said = talk({"Repeat after me: " + words});
  EXPECT_TRUE(said.ends_with(" lait.") || said.ends_with(" au.") || said.ends_with("caf\u00E9."))
      << said;
  EXPECT_LE(said.size(), 660u);
  EXPECT_GE(said.size(), 600u);
  EXPECT_EQ(talk({"Repeat after me " + std::string(1000, 'a')}).size(), 601u);
}

TEST(Brain, CountsToAHundredAndNoFurther) {
  const std::string hundred = talk({"Count to one hundred."});
  EXPECT_TRUE(hundred.starts_with("One, two, three, "));
  EXPECT_TRUE(hundred.ends_with(", ninety-nine, one hundred."));
  EXPECT_EQ(std::ranges::count(hundred, '.'), 10);
  EXPECT_EQ(talk({"Count to 5000."}), "I will stop at one hundred. " + hundred);
  EXPECT_TRUE(talk({"Count to infinity."}).starts_with("I count in whole numbers."));
  EXPECT_EQ(talk({"Count to minus three."}), talk({"Count to infinity."}));
}

TEST(Brain, AnswersAtMostFourQuestionsOfATurn) {
  EXPECT_EQ(
      talk({"What time is it? What day is it? What's your name? Two plus two. What year is it?"}),
      "It is 4:05 PM. Today is Wednesday. My name is Eva. Two plus two is 4.");
}

TEST(Brain, TheIntroductionIsFourSentences) {
  for (const char* text : {"Tell me about yourself.", "Introduce yourself, please."}) {
    const std::string said = talk({text});
    EXPECT_TRUE(said.starts_with("I am Eva. I am a voice assistant")) << said;
    EXPECT_EQ(std::ranges::count(said, '.'), 4) << said;
  }
}

bool is_valid_utf8(const std::string& text) {
  return clean_utf8(text) == text;
}

// Anything in: a reply of bounded length in valid UTF-8 out.
TEST(Brain, SurvivesAnyText) {
  const std::vector<std::string> pieces = {"what",
                                           " ",
                                           " time is it",
                                           "repeat after me ",
                                           "say ",
                                           "count to ",
                                           "99999999999999999999",
                                           "minus ",
                                           "(",
                                           ")",
                                           "half of ",
                                           "\u4F60\u597D",
                                           "\xC3",
                                           "\xFF\xFE",
                                           "\xED\xA0\x80",
                                           "\u00E9",
                                           "\"",
                                           "'",
                                           "\u2019s",
                                           "\n",
                                           std::string(1, '\0'),
                                           ".",
                                           ", ",
                                           "-",
                                           "--5",
                                           "%",
                                           "1,2,3",
                                           "1,250.5",
                                           "how many r's in ",
                                           "spell ",
                                           "my name is ",
                                           "A.I.",
                                           "plus ",
                                           "to the power of ",
                                           "squared ",
                                           "factorial ",
                                           "point ",
                                           "hundred ",
                                           "million ",
                                           "and ",
                                           "a ",
                                           "the square root of ",
                                           "^",
                                           "!?"};
  std::mt19937 random(20250305);
  for (int round = 0; round < 3000; ++round) {
    std::vector<std::string> user(1 + random() % 3);
    for (std::string& text : user) {
      for (std::size_t n = random() % 30; n > 0; --n) text += pieces[random() % pieces.size()];
    }
    const std::string said = talk(user, random() % 4 == 0 ? user.front() : "");
    EXPECT_FALSE(said.empty()) << round;
    EXPECT_LE(said.size(), 3000u) << round;
    EXPECT_TRUE(is_valid_utf8(said)) << round;
  }
}

TEST(Brain, SurvivesLongTexts) {
  for (std::string piece : {"half of ", "(", "minus ", "a", "\xF0\x9F\x98\x80", "one hundred and ",
                            "what is ", "two plus ", "the ", "\x80", "spell ", "5^", "hello "}) {
    std::string text;
    while (text.size() < 4096) text += piece;
    const std::string said = talk({text});
    EXPECT_FALSE(said.empty()) << piece;
    EXPECT_LE(said.size(), 3000u) << piece;
    EXPECT_TRUE(is_valid_utf8(said)) << piece;
  }
}

}  // namespace
}  // namespace eva::brain
