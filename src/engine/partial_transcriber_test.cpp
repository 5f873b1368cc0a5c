#include "engine/partial_transcriber.h"

#include <gtest/gtest.h>

namespace eva::engine {
namespace {

constexpr int kMs = speech::kSttRate / 1000;

/// An utterance to which each heard() adds 200 ms and a pass with that result.
struct Partials : testing::Test {
  PartialTranscriber partials{"en"};
  std::int16_t sound = 1000;

  void hear(const std::string& text, std::vector<speech::Word> words = {}) {
    partials.push(
        std::vector<std::int16_t>(partials.received() == 0ms ? 400 * kMs : 200 * kMs, sound));
    ASSERT_TRUE(partials.is_due());
    const auto pass = partials.next();
    EXPECT_TRUE(text.starts_with(pass.hearing.prefix)) << pass.hearing.prefix;
    partials.finish({.text = text, .words = std::move(words)});
  }
  std::string committed() const { return partials.transcript().committed; }
  std::string tentative() const { return partials.transcript().tentative; }
};

TEST_F(Partials, APassIsDueWithEnoughNewAudio) {
  EXPECT_FALSE(partials.is_due());
  partials.push(std::vector<std::int16_t>(400 * kMs - 1));
  EXPECT_FALSE(partials.is_due());
  partials.push(std::vector<std::int16_t>(1));
  EXPECT_TRUE(partials.is_due());
  EXPECT_EQ(partials.next().pcm.size(), 400u * kMs);
  EXPECT_FALSE(partials.is_due());
  partials.push(std::vector<std::int16_t>(200 * kMs));
  EXPECT_TRUE(partials.is_due());
  EXPECT_EQ(partials.received(), 600ms);
}

TEST_F(Partials, WhatTwoPassesAgreeOnIsCommitted) {
  hear("Go for.");
  EXPECT_EQ(committed(), "");
  EXPECT_EQ(tentative(), "Go for.");
  hear("Go forward.");
  EXPECT_EQ(committed(), "");  // two words are held back
  hear("Go forward. Ten");
  EXPECT_EQ(committed(), "Go");
  EXPECT_EQ(tentative(), " forward. Ten");
  hear("Go forward 10 meters and");
  EXPECT_EQ(committed(), "Go forward");  // the passes differ in what follows
  hear("Go forward 10 meters and.");
  EXPECT_EQ(committed(), "Go forward 10");
  EXPECT_EQ(tentative(), " meters and.");
  EXPECT_EQ(partials.rest().hearing.prefix, "Go forward 10");
  EXPECT_FALSE(partials.rest().hearing.unfinished);
}

TEST_F(Partials, SignsInsideTheTextAreThoseOfTheLaterPass) {
  hear("well you know");
  hear("Well, you know, that is");
  EXPECT_EQ(committed(), "Well, you know");  // the last without its sign: it may go
}

TEST_F(Partials, TheLastWordsAreCommittedOnceItIsQuiet) {
  hear("seven", {{"seven", 100ms, 400ms}});
  hear("seven", {{"seven", 100ms, 400ms}});
  EXPECT_EQ(committed(), "");
  sound = 0;
  hear("Seven.", {{"Seven.", 100ms, 560ms}});  // 200 ms of quiet
  EXPECT_EQ(committed(), "");
  hear("Seven.", {{"Seven.", 100ms, 560ms}});
  EXPECT_EQ(committed(), "Seven");
  EXPECT_EQ(tentative(), ".");
  ASSERT_EQ(partials.transcript().words.size(), 1u);
  EXPECT_EQ(partials.transcript().words[0].end, 560ms);
}

TEST_F(Partials, AnEmptyPassForgetsTheTentativeWordsOnly) {
  hear("one two three four");
  hear("one two three four");
  EXPECT_EQ(committed(), "one two");
  hear("one two");
  EXPECT_EQ(committed(), "one two");
  EXPECT_EQ(tentative(), "");
  hear("one two three four");
  EXPECT_EQ(committed(), "one two");
}

TEST_F(Partials, APassThatContradictsWhatIsCommittedIsLost) {
  hear("one two three four");
  hear("one two three four");
  partials.push(std::vector<std::int16_t>(200 * kMs, sound));
  (void)partials.next();
  partials.finish({.text = ""});
  EXPECT_EQ(committed(), "one two");
  EXPECT_EQ(tentative(), " three four");
}

TEST_F(Partials, LongUtterancesLeaveCommittedWordsBehind) {
  partials.push(std::vector<std::int16_t>(10 * 1000 * kMs, sound));
  const auto pass = [&](const std::string& text, std::vector<speech::Word> words) {
    partials.push(std::vector<std::int16_t>(200 * kMs, sound));
    const auto next = partials.next();
    partials.finish({.text = text, .words = std::move(words)});
    return next;
  };
  const std::vector<speech::Word> times = {
      {"one", 1s, 4s}, {"two", 4s, 10s}, {"three", 10s, 10100ms}, {"four", 10100ms, 10200ms}};
  pass("one two three four", times);
  pass("one two three four", times);
  EXPECT_EQ(committed(), "one two");
  const auto next = pass("Three four", {{"Three", 100ms, 200ms}, {"four", 200ms, 400ms}});
  EXPECT_EQ(next.pcm.size(), 600u * kMs);  // 10.6 s less 10 s
  EXPECT_EQ(next.hearing.prefix, "");
  EXPECT_EQ(tentative(), " Three four");
  pass("Three four five six", {{"Three", 100ms, 200ms},
                               {"four", 200ms, 400ms},
                               {"five", 400ms, 600ms},
                               {"six", 600ms, 800ms}});
  EXPECT_EQ(committed(), "one two Three four");
  ASSERT_EQ(partials.transcript().words.size(), 6u);
  EXPECT_EQ(partials.transcript().words[3].text, "four");
  EXPECT_EQ(partials.transcript().words[3].end, 10'400ms);
  EXPECT_EQ(partials.rest().hearing.prefix, "Three four");
  EXPECT_EQ(partials.complete("Three four five."), "one two Three four five.");
}

TEST_F(Partials, WithoutWordTimesPassesEndWhereTheyWouldBeTooLong) {
  partials.push(std::vector<std::int16_t>(28 * 1000 * kMs));
  EXPECT_TRUE(partials.is_due());
  (void)partials.next();
  partials.finish({.text = "one two three"});
  partials.push(std::vector<std::int16_t>(200 * kMs));
  EXPECT_FALSE(partials.is_due());
}

}  // namespace
}  // namespace eva::engine
