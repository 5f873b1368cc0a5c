// Replies that are prepared before the turn is certain to be over.
#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "sim/scenario.h"

namespace eva {
namespace {

using sim::Behaviour;
using sim::Scenario;

Scenario::Options with(int speculations, std::uint64_t seed = 1) {
  Scenario::Options options{.seed = seed};
  options.limits.speculations = speculations;
  return options;
}

std::string echo(const speech::LlmRequest& request) {
  return "you said " + request.messages.back().text + ".";
}

Duration gap(const Scenario& s) {
  const auto record = s.all<session::TurnClosed>().at(0).record;
  return *record.first_audible_at - *record.turn_ended_at;
}

TEST(Speculation, TheAnswerIsReadyWhenTheTurnEnds) {
  Scenario with_it(with(3));
  Scenario without(with(0));
  for (Scenario* s : {&with_it, &without}) {
    s->llm.script = echo;
    s->say({1, 2});
    s->run();
  }
  EXPECT_EQ(gap(with_it), 0ms);
  EXPECT_GE(gap(without), 180ms);
  EXPECT_EQ(with_it.dialogue(), without.dialogue());
  EXPECT_EQ(with_it.llm.requests, without.llm.requests);
  EXPECT_TRUE(with_it.all<session::TurnClosed>().at(0).record.speculation_used);
}

TEST(Speculation, NothingOfItIsSeenBeforeTheTurnIsOver) {
  Scenario s(with(3));
  s.say({1});
  s.pause(400ms);  // a whole reply is prepared in vain
  s.say({2});
  s.run();
  EXPECT_EQ(s.dialogue(), "user: w1 w2 | eva: fine.");
  EXPECT_EQ(s.all<session::ReplyStarted>().size(), 1u);
  EXPECT_GE(s.time_of<session::ReplyStarted>(), s.time_of<session::UserSpeechStopped>());
  EXPECT_EQ(s.llm.stats.started, 2);
  const auto record = s.all<session::TurnClosed>().at(0).record;
  EXPECT_EQ(record.speculations, 2);
  EXPECT_TRUE(record.speculation_used);
  EXPECT_GT(record.wasted_characters, 0u);
}

TEST(Speculation, ItsRequestsAreClosedWhenTheUserGoesOn) {
  Scenario s(with(3));
  s.llm.behaviour = {.min_delay = 1s, .max_delay = 1s};
  s.say({1});
  s.pause(400ms);
  s.say({2});
  s.run(5s);
  EXPECT_EQ(s.llm.stats.cancelled, 1);
  EXPECT_EQ(s.dialogue(), "user: w1 w2 | eva: fine.");
}

TEST(Speculation, IsBoundedPerTurn) {
  Scenario s(with(2));
  for (int i = 0; i < 6; ++i) {
    s.say({i});
    s.pause(400ms);
  }
  s.run();
  EXPECT_EQ(s.llm.stats.started, 2 + 1);  // and the one that is asked when the turn is over
}

TEST(Speculation, BusyEnginesAreSparedIt) {
  Scenario s(with(3));
  s.stt.behaviour = {.min_delay = 450ms, .max_delay = 450ms};
  s.say({1});
  s.run();
  EXPECT_EQ(s.all<session::TurnClosed>().at(0).record.speculations, 0);
  EXPECT_EQ(s.dialogue(), "user: w1 | eva: fine.");
}

TEST(Speculation, AFailureInItIsNoFailureOfTheAnswer) {
  for (const auto fault : {Behaviour::Fault::kFail, Behaviour::Fault::kFailMidway}) {
    for (const bool brain : {true, false}) {
      Scenario s(with(3));
      s.llm.script = echo;
      (brain ? s.llm.behaviour : s.tts.behaviour).fault = fault;
      s.say({1});
      s.run(-1ms);
      while (s.llm.stats.started == 0) s.run(10ms);
      s.run(190ms);  // it has failed
      s.llm.behaviour.fault = s.tts.behaviour.fault = Behaviour::Fault::kNone;
      s.run(5s);
      EXPECT_EQ(s.dialogue(), "user: w1 | eva: you said w1.");
    }
  }
}

TEST(Speculation, WhatTheClientChangesMeanwhileCounts) {
  Scenario s(with(3));
  s.llm.script = [](const auto& request) { return request.messages.front().text + "."; };
  s.say({1});
  s.run(-1ms);
  while (s.llm.stats.started == 0) s.run(10ms);
  auto settings = s.host().session().settings();
  settings.instructions = "w77";
  s.command(session::ChangeSettings{"", settings});
  s.run(5s);
  EXPECT_EQ(s.dialogue(), "user: w1 | eva: w77.");
}

// Whatever is said and whenever, she answers the same with and without it.
TEST(Speculation, ChangesNoDialogue) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    std::string dialogues[2];
    for (const int speculations : {0, 3}) {
      Scenario s(with(speculations, seed));
      s.llm.script = echo;
      std::mt19937_64 random(seed);
      const auto pick = [&](int low, int high) {
        return std::uniform_int_distribution(low, high)(random);
      };
      for (int turn = 0; turn < 5; ++turn) {
        for (int part = pick(1, 3); part > 0; --part) {
          s.say({pick(0, 99), pick(0, 99)});
          if (part > 1) s.pause(std::chrono::milliseconds(pick(50, 480)));
        }
        s.pause(6s);  // nobody is interrupted: then the heard words would differ
      }
      s.run();
      dialogues[speculations / 3] = s.dialogue();
    }
    EXPECT_EQ(dialogues[0], dialogues[1]) << "seed " << seed;
  }
}

}  // namespace
}  // namespace eva
