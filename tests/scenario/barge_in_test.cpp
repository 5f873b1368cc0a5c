// Speech over Eva: what stops her, what only makes her quieter, and how she goes on.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "sim/coded_speech.h"
#include "sim/scenario.h"

namespace eva {
namespace {

using session::ReplyFinished;
using session::ReplyLevel;
using session::TurnClosed;
using session::UserSpeechStarted;
using sim::Scenario;
using Level = session::Playout::Level;

constexpr int kUhHuh = 400;  // a backchannel of the scenario's lexicon
constexpr int kStop = 402;   // a stop phrase of it

// 40 words of 160 ms, in sentences of five.
std::string long_answer(const speech::LlmRequest& request) {
  if (request.messages.back().text != "w1") return "fine.";
  std::string text;
  for (int i = 100; i < 140; ++i) text += sim::word_name(i) + (i % 5 == 4 ? ". " : " ");
  return text;
}

struct Call : Scenario {
  explicit Call(Options options = {}) : Scenario(std::move(options)) {
    llm.script = long_answer;
    say({1});
    pause(2s);  // she answers
  }
  std::vector<Level> levels() const {
    std::vector<Level> out;
    for (const auto& level : all<ReplyLevel>()) out.push_back(level.level);
    return out;
  }
  session::TurnRecord first() const { return all<TurnClosed>().at(0).record; }
};

TEST(BargeIn, AQuestionStopsHer) {
  Call s;
  s.say({5, 6, 7, 8});
  s.run(4s);
  const auto cut = s.first();
  ASSERT_TRUE(cut.interrupted);
  const Time began = s.caller_began + 160ms + 2s;
  EXPECT_LE(*cut.interrupted_at - began, 448ms + 32ms + 20ms);
  ASSERT_EQ(cut.overlaps.size(), 1u);
  EXPECT_TRUE(cut.overlaps[0].stopped);
  EXPECT_LE(*cut.overlaps[0].ducked_at - began, 64ms + 32ms + 20ms);
  EXPECT_LE(*cut.overlaps[0].held_at - began, 128ms + 32ms + 20ms);
  EXPECT_EQ(s.all<session::TranscriptionCompleted>().at(1).text, "w5 w6 w7 w8");
  EXPECT_EQ(s.all<ReplyFinished>().at(0).reason, ReplyFinished::Reason::kTurnDetected);
}

TEST(BargeIn, HerVoiceIsGoneAQuarterSecondAfterTheFirstWord) {
  Call s;
  s.say({5, 6, 7, 8});
  s.run(4s);
  const Time began = s.caller_began + 160ms + 2s;
  Time heard_until{};
  for (const auto& entry : s.log) {
    const auto* audio = std::get_if<session::ReplyAudio>(&entry.notice);
    if (!audio || audio->response_id != s.first().response_id) continue;
    const auto samples = static_cast<std::int64_t>(audio->pcm.size());
    heard_until = std::max(heard_until, entry.at) + samples_to_duration(samples, speech::kTtsRate);
  }
  EXPECT_LE(heard_until - began, 128ms + 32ms + 20ms + 100ms + 5ms);
}

TEST(BargeIn, NothingIsToldToTheClientBeforeItIsCertain) {
  Call s;
  s.say({kUhHuh});
  s.run(9s);
  EXPECT_EQ(s.all<UserSpeechStarted>().size(), 1u);
  EXPECT_EQ(s.dialogue().find("[cut]"), std::string::npos);
  EXPECT_EQ(s.all<session::InputCommitted>().size(), 1u);
  EXPECT_EQ(s.all<ReplyFinished>().at(0).status, ReplyFinished::Status::kCompleted);
}

TEST(BargeIn, ABackchannelOnlyMakesHerPause) {
  Call s;
  s.say({kUhHuh});
  s.run(9s);
  EXPECT_EQ(s.levels(), (std::vector{Level::kDucked, Level::kHeld, Level::kFull}));
  const auto record = s.first();
  ASSERT_EQ(record.overlaps.size(), 1u);
  EXPECT_FALSE(record.overlaps[0].stopped);
  EXPECT_EQ(record.overlaps[0].words.back(), "w400");
  EXPECT_LE(*record.overlaps[0].judged_at - *record.overlaps[0].held_at, 400ms);
  EXPECT_EQ(record.heard_text, record.reply_text);
}

// The coded words differ in level: w5 is 19 dB quieter than w390.
TEST(BargeIn, ATelevisionDoesNotStopHerAndTheUserDoes) {
  Scenario::Options options;
  options.limits.level_gate = true;
  Scenario s(std::move(options));
  s.llm.script = [](const speech::LlmRequest& request) {
    std::string text;
    if (request.messages.back().text != "w390 w391 w392 w393 w394") return std::string("fine.");
    for (int i = 100; i < 140; ++i) text += sim::word_name(i) + (i % 5 == 4 ? ". " : " ");
    return text;
  };
  s.say({390, 391, 392, 393, 394});
  s.pause(2s);  // she answers
  s.say({5, 6, 7, 8, 9, 10});
  s.pause(1s);
  s.run(0s);
  EXPECT_TRUE(s.all<ReplyLevel>().empty());
  EXPECT_EQ(s.all<UserSpeechStarted>().size(), 1u);
  s.say({380, 381, 382, 383});
  s.run(4s);
  const auto cut = s.all<TurnClosed>().at(0).record;
  EXPECT_TRUE(cut.interrupted);
  EXPECT_EQ(s.all<UserSpeechStarted>().size(), 2u);
  EXPECT_EQ(s.all<session::TranscriptionCompleted>().at(1).text, "w380 w381 w382 w383");
}

TEST(BargeIn, AClientThatStopsSendingIsSilent) {
  for (const bool over_her : {true, false}) {
    Scenario s;
    s.llm.script = long_answer;
    s.say({1});
    if (over_her) {
      s.pause(2s);  // she answers
      s.say({kUhHuh});
    }
    s.run(0s);  // no more audio from here on
    s.world.run_until(s.world.now() + 20s);
    ASSERT_EQ(s.all<ReplyFinished>().size(), 1u) << over_her;
    EXPECT_EQ(s.all<ReplyFinished>().at(0).status, ReplyFinished::Status::kCompleted);
    EXPECT_EQ(s.all<UserSpeechStarted>().size(), 1u);
  }
}

TEST(BargeIn, ACoughDoesNotStopHer) {
  for (const Duration length : {50ms, 100ms, 150ms, 200ms, 250ms, 300ms}) {
    Call s;
    s.coughs(length);
    s.run(11s);
    const auto replies = s.all<ReplyFinished>();
    ASSERT_EQ(replies.size(), 1u) << to_ms(length);
    EXPECT_EQ(replies[0].status, ReplyFinished::Status::kCompleted);
    EXPECT_EQ(s.all<UserSpeechStarted>().size(), 1u);
    EXPECT_EQ(s.host().session().conversation().items().size(), 2u);
  }
}

TEST(BargeIn, AStopPhraseAfterABackchannelStopsHer) {
  Call s;
  s.say({kUhHuh});
  s.pause(1200ms);
  s.say({kStop, 6});
  s.run(4s);
  ASSERT_TRUE(s.first().interrupted);
  EXPECT_EQ(s.first().overlaps.size(), 2u);
  EXPECT_EQ(s.all<session::TranscriptionCompleted>().at(1).text, "w402 w6");
}

TEST(BargeIn, WithoutARecogniserLongSpeechStopsHerAndACoughDoesNot) {
  for (const bool speech : {true, false}) {
    Call s;
    s.run(0ms);  // her answer is under way
    s.stt.behaviour = {.min_delay = 0ms, .max_delay = 0ms, .fault = sim::Behaviour::Fault::kHang};
    if (speech) {
      s.say({5, 6, 7, 8});
    } else {
      s.coughs(200ms);
    }
    s.run(9s);
    EXPECT_EQ(s.first().interrupted, speech);
  }
}

TEST(BargeIn, TheLegalNoticeIsHeardToItsEndAndTheQuestionAnsweredAfterwards) {
  Scenario s;
  s.llm.script = [](const speech::LlmRequest& request) {
    return request.messages.empty() || request.messages.back().text != "w5 w6 w7 w8"
               ? "w100 w101 w102 w103 w104 w105 w106 w107 w108 w109 w110 w111 w112 w113."
               : std::string("an answer.");
  };
  session::CreateReply notice;
  notice.options.metadata["eva.interruptible"] = "false";
  s.command(notice);
  s.pause(500ms);
  s.say({5, 6, 7, 8});
  s.run(8s);
  const auto replies = s.all<ReplyFinished>();
  ASSERT_EQ(replies.size(), 2u);
  EXPECT_EQ(replies[0].status, ReplyFinished::Status::kCompleted);
  EXPECT_EQ(replies[1].item->parts.back().text, "an answer.");
  EXPECT_TRUE(s.all<ReplyLevel>().empty());
  EXPECT_TRUE(s.all<UserSpeechStarted>().empty());
  EXPECT_EQ(s.all<session::TranscriptionCompleted>().at(0).text, "w5 w6 w7 w8");
}

TEST(BargeIn, TheLegalNoticeStopsForAStopPhrase) {
  Scenario s;
  s.llm.script = [](const auto&) { return "w100 w101 w102 w103 w104 w105 w106 w107 w108 w109."; };
  session::CreateReply notice;
  notice.options.metadata["eva.interruptible"] = "false";
  s.command(notice);
  s.pause(500ms);
  s.say({kStop, 6});
  s.run(4s);
  EXPECT_TRUE(s.all<TurnClosed>().at(0).record.interrupted);
}

TEST(BargeIn, YesToAQuestionThatIsJustEndingIsItsAnswer) {
  Scenario s;
  s.llm.script = [](const speech::LlmRequest& request) {
    return request.messages.back().text == "w1" ? "w100 w101 w102 w103 w104?" : "good.";
  };
  s.say({1});
  s.run(0ms);
  // Until 100 ms before the end of her question.
  while (s.all<ReplyFinished>().empty()) s.run(20ms);
  s.say({kUhHuh});
  s.run(4s);
  EXPECT_EQ(s.dialogue(), "user: w1 | eva: w100 w101 w102 w103 w104? | user: w400 | eva: good.");
}

TEST(BargeIn, WhatTheClientDoesMeanwhileLeavesNoSilence) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    std::mt19937_64 random(seed);
    const auto pick = [&](int low, int high) {
      return std::uniform_int_distribution(low, high)(random);
    };
    Call s({.seed = seed});
    s.stt.behaviour.max_delay = std::chrono::milliseconds(pick(50, 700));
    s.run(std::chrono::milliseconds(pick(0, 1500)));
    for (int i = 0; i < 6; ++i) {
      switch (pick(0, 5)) {
        case 0:
          s.coughs(std::chrono::milliseconds(pick(20, 900)));
          break;
        case 1:
          s.say({pick(0, 1) == 0 ? kUhHuh : kStop});
          break;
        case 2:
          s.say({5, 6, 7});
          break;
        default:
          break;
      }
      s.run(std::chrono::milliseconds(pick(0, 600)));
      auto settings = s.host().session().settings();
      switch (pick(0, 8)) {
        case 0:
          s.command(session::CommitInput{});
          break;
        case 1:
          s.command(session::ClearInput{});
          break;
        case 2:
          s.command(session::CancelReply{});
          break;
        case 3:
          s.command(session::CreateReply{});
          break;
        case 4:
          if (settings.turn_detection)
            settings.turn_detection->interrupt_response = pick(0, 1) == 1;
          s.command(session::ChangeSettings{"", settings});
          break;
        default:
          break;
      }
    }
    s.run(30s);
    // Everything that began has ended, starts and stops alternate, and she is at full level.
    EXPECT_EQ(s.all<session::ReplyStarted>().size(), s.all<ReplyFinished>().size()) << seed;
    const auto levels = s.levels();
    int open = 0;
    for (const auto& entry : s.log) {
      if (std::holds_alternative<UserSpeechStarted>(entry.notice)) EXPECT_EQ(open++, 0) << seed;
      if (std::holds_alternative<session::UserSpeechStopped>(entry.notice)) {
        EXPECT_EQ(open--, 1) << seed;
      }
      if (std::holds_alternative<session::InputCleared>(entry.notice) ||
          std::holds_alternative<session::InputCommitted>(entry.notice)) {
        open = 0;
      }
    }
    EXPECT_EQ(s.stt.stats.started, s.stt.stats.finished + s.stt.stats.cancelled) << seed;
  }
}

}  // namespace
}  // namespace eva
