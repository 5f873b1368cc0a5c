// Engines that fail, hang, or break in mid-stream: the call lives on.
#include <gtest/gtest.h>

#include "sim/scenario.h"

namespace eva {
namespace {

using session::ReplyFinished;
using sim::Behaviour;
using sim::Scenario;

TEST(Faults, AFailedTranscriptionIsReportedAndTheNextTurnWorks) {
  Scenario s;
  s.stt.behaviour.fault = Behaviour::Fault::kFail;
  s.say({1});
  s.run();
  ASSERT_EQ(s.all<session::TranscriptionFailed>().size(), 1u);
  EXPECT_EQ(s.llm.stats.started, 0);
  s.stt.behaviour.fault = Behaviour::Fault::kNone;
  s.say({2});
  s.run();
  EXPECT_EQ(s.dialogue(), "user: w2 | eva: fine.");
}

TEST(Faults, ABrainThatFailsEndsItsReplyOnly) {
  Scenario s;
  s.llm.behaviour.fault = Behaviour::Fault::kFail;
  s.say({1});
  s.run();
  ASSERT_EQ(s.all<ReplyFinished>().size(), 1u);
  EXPECT_EQ(s.all<ReplyFinished>()[0].status, ReplyFinished::Status::kFailed);
  EXPECT_FALSE(s.all<ReplyFinished>()[0].item);
  s.llm.behaviour.fault = Behaviour::Fault::kNone;
  s.say({2});
  s.run();
  EXPECT_EQ(s.dialogue(), "user: w1 | eva:  [llm: the engine broke] | user: w2 | eva: fine.");
}

TEST(Faults, WhatABrokenBrainSaidIsSpoken) {
  Scenario s;
  s.llm.script = [](const auto&) { return "w10 w11 w12 w13"; };
  s.llm.behaviour.fault = Behaviour::Fault::kFailMidway;
  s.say({1});
  s.run();
  EXPECT_EQ(s.dialogue(), "user: w1 | eva: w10 w11 [llm: the engine broke]");
  EXPECT_EQ(s.all<ReplyFinished>()[0].item->parts[0].text, "w10 w11");
}

TEST(Faults, ABrainThatHangsCanBeSpokenOver) {
  Scenario s;
  s.llm.behaviour.fault = Behaviour::Fault::kHang;
  s.say({1});
  s.run();
  EXPECT_EQ(s.all<ReplyFinished>().size(), 0u);
  s.llm.behaviour.fault = Behaviour::Fault::kNone;
  s.say({2, 3});
  s.run();
  EXPECT_EQ(s.llm.stats.cancelled, 1);
  EXPECT_EQ(s.dialogue(), "user: w1 | eva:  [cut] | user: w2 w3 | eva: fine.");
}

TEST(Faults, AVoiceThatBreaksMidwayKeepsWhatWasSpoken) {
  Scenario s;
  s.llm.script = [](const auto&) { return "w10 w11 w12 w13. w14 w15."; };
  s.tts.behaviour.fault = Behaviour::Fault::kFailMidway;
  s.say({1});
  s.run();
  const auto reply = s.all<ReplyFinished>().at(0);
  EXPECT_EQ(reply.status, ReplyFinished::Status::kFailed);
  EXPECT_EQ(s.dialogue(), "user: w1 | eva: w10 w11 w12 w13. [tts: the engine broke]");
}

TEST(Faults, AVoiceThatHangsCanBeSpokenOver) {
  Scenario s;
  s.tts.behaviour.fault = Behaviour::Fault::kHang;
  s.say({1});
  s.run();
  s.tts.behaviour.fault = Behaviour::Fault::kNone;
  s.say({2, 3});
  s.run();
  EXPECT_EQ(s.tts.stats.cancelled, 1);
  EXPECT_EQ(s.dialogue(), "user: w1 | eva:  [cut] | user: w2 w3 | eva: fine.");
}

TEST(Faults, AReplyWithNothingToSpeakEnds) {
  Scenario s;
  s.llm.script = [](const auto&) { return ""; };
  s.say({1});
  s.run();
  ASSERT_EQ(s.all<ReplyFinished>().size(), 1u);
  EXPECT_EQ(s.all<ReplyFinished>()[0].status, ReplyFinished::Status::kCompleted);
  EXPECT_FALSE(s.host().session().next_deadline());
}

TEST(Faults, AnEndlessReplyIsEnded) {
  Scenario::Options options;
  options.limits.reply_characters = 100;
  Scenario s(options);
  s.llm.script = [](const auto&) {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += "more ";
    return text;
  };
  s.say({1});
  s.run(20s);
  ASSERT_EQ(s.all<ReplyFinished>().size(), 1u);
  EXPECT_EQ(s.all<ReplyFinished>()[0].status, ReplyFinished::Status::kIncomplete);
  EXPECT_EQ(s.llm.stats.cancelled, 1);
  EXPECT_LE(s.all<ReplyFinished>()[0].item->parts[0].text.size(), 100u);
}

}  // namespace
}  // namespace eva
