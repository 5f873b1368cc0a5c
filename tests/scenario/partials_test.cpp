// What the client sees of a turn while it is spoken: words that are never taken back.
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/coded_speech.h"
#include "sim/scenario.h"

namespace eva {
namespace {

using session::TranscriptionCompleted;
using session::TranscriptionDelta;
using sim::Scenario;

std::string joined(const Scenario& s, const std::string& item) {
  std::string text;
  for (const auto& delta : s.all<TranscriptionDelta>()) {
    if (delta.item_id == item) text += delta.text;
  }
  return text;
}

/// Deltas make up the completed text, none follows it, and no stream is left open.
void expect_consistent(const Scenario& s) {
  std::vector<std::string> over;
  for (const sim::Logged& entry : s.log) {
    if (const auto* completed = std::get_if<TranscriptionCompleted>(&entry.notice)) {
      EXPECT_EQ(joined(s, completed->item_id), completed->text);
      over.push_back(completed->item_id);
    }
    if (const auto* delta = std::get_if<TranscriptionDelta>(&entry.notice)) {
      EXPECT_EQ(std::ranges::count(over, delta->item_id), 0);
    }
  }
  EXPECT_EQ(s.stt.streams.started, s.stt.streams.finished + s.stt.streams.cancelled);
}

TEST(Partials, WordsAreToldWhileTheyAreSpoken) {
  Scenario s;
  s.say({1, 2, 3, 4, 5, 6});
  s.run();
  const auto deltas = s.all<TranscriptionDelta>();
  ASSERT_GE(deltas.size(), 3u);
  EXPECT_EQ(deltas[0].text.substr(0, 2), "w1");
  // 960 ms of speech; the first words are there before it is over.
  EXPECT_LT(s.time_of<TranscriptionDelta>() - s.caller_began, 600ms);
  ASSERT_EQ(s.all<TranscriptionCompleted>().size(), 1u);
  EXPECT_EQ(s.all<TranscriptionCompleted>()[0].text, "w1 w2 w3 w4 w5 w6");
  expect_consistent(s);
}

TEST(Partials, TheFinalTextIsToldWhatIsShown) {
  Scenario s;
  s.say({1, 2, 3, 4, 5, 6});
  s.run();
  ASSERT_EQ(s.stt.prefixes.size(), 1u);
  std::string shown;
  for (const auto& delta : s.all<TranscriptionDelta>()) {
    if (shown == s.stt.prefixes[0]) break;
    shown += delta.text;
  }
  EXPECT_EQ(shown, s.stt.prefixes[0]);
  EXPECT_NE(shown, "");
}

TEST(Partials, APauseInsideATurnGoesOnWithTheSameWords) {
  Scenario s;
  s.say({1, 2, 3});
  s.pause(400ms);
  s.say({4, 5, 6});
  s.run();
  EXPECT_EQ(s.stt.streams.started, 1);
  EXPECT_EQ(s.all<TranscriptionCompleted>().at(0).text, "w1 w2 w3 w4 w5 w6");
  expect_consistent(s);
}

TEST(Partials, AnEngineWithoutThemTellsTheWholeTextAtOnce) {
  Scenario s;
  s.stt.offers_partials = false;
  s.say({1, 2, 3, 4});
  s.run();
  ASSERT_EQ(s.all<TranscriptionDelta>().size(), 1u);
  EXPECT_EQ(s.all<TranscriptionDelta>()[0].text, "w1 w2 w3 w4");
  EXPECT_EQ(s.stt.streams.started, 0);
  expect_consistent(s);
}

TEST(Partials, TheOperatorCanTurnThemOff) {
  Scenario s({.limits = {.partials = false}});
  s.say({1, 2, 3, 4});
  s.run();
  EXPECT_EQ(s.stt.streams.started, 0);
  expect_consistent(s);
}

TEST(Partials, AStreamThatFailsCostsTheCallNothing) {
  Scenario s;
  s.stt.behaviour.fault = sim::Behaviour::Fault::kFail;
  s.say({1, 2});
  s.pause(2s);
  s.run();
  EXPECT_EQ(s.stt.streams.finished, 1);
  EXPECT_TRUE(s.all<TranscriptionDelta>().empty());
  s.stt.behaviour.fault = sim::Behaviour::Fault::kNone;
  EXPECT_EQ(s.stt.streams.started, s.stt.streams.finished + s.stt.streams.cancelled);
}

TEST(Partials, LateOnesAreDroppedWhenTheTurnIsOver) {
  for (const Duration late : {100ms, 400ms, 700ms, 1500ms}) {
    Scenario s;
    s.stt.behaviour = {.min_delay = late, .max_delay = late};
    s.say({1, 2, 3, 4, 5, 6});
    s.pause(2s);
    s.say({7, 8, 9});
    s.run(5s);
    ASSERT_EQ(s.all<TranscriptionCompleted>().size(), 2u) << late.count();
    expect_consistent(s);
  }
}

TEST(Partials, AnyDelaysAndChunksAreConsistent) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Scenario s({.seed = seed, .min_chunk = 20, .max_chunk = 4000});
    s.stt.behaviour = {.min_delay = 10ms, .max_delay = 600ms};
    s.stt.held_back = seed % 3;
    s.say({1, 2, 3});
    s.pause(300ms);
    s.say({4, 5, 6, 7, 8});
    s.pause(1500ms);
    s.say({9, 10});
    s.run(5s);
    EXPECT_FALSE(s.all<TranscriptionCompleted>().empty());
    expect_consistent(s);
  }
}

}  // namespace
}  // namespace eva
