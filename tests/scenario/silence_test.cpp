// What Eva does when the caller says nothing any more.
#include <gtest/gtest.h>

#include "sim/scenario.h"

namespace eva {
namespace {

using session::CallEnded;
using session::ReplyFinished;
using sim::Scenario;

Scenario::Options after(Duration silence, std::string goodbye = "") {
  Scenario::Options options;
  options.limits.silence = {
      .after = silence, .prompt = "hello?", .prompts = 2, .goodbye = std::move(goodbye)};
  return options;
}

std::string said(const Scenario& s) {
  std::string out;
  for (const auto& reply : s.all<ReplyFinished>()) {
    if (!out.empty()) out += " | ";
    out += reply.item->parts.back().text;
  }
  return out;
}

TEST(LongSilence, SheAsksTwiceAndThenWaits) {
  Scenario s(after(5s));
  s.say({1});
  s.run(40s);
  EXPECT_EQ(said(s), "fine. | hello? | hello?");
  EXPECT_TRUE(s.all<CallEnded>().empty());
  // Counted from the moment at which she was heard to the end.
  const Time first = s.time_of<session::ReplyStarted>(1);
  EXPECT_GE(first - s.time_of<session::TurnClosed>(0), 5s);
  EXPECT_LE(first - s.time_of<session::TurnClosed>(0), 5s + 40ms);
}

TEST(LongSilence, SheSaysGoodbyeAndEndsTheCall) {
  Scenario s(after(5s, "goodbye."));
  s.say({1});
  s.run(40s);
  EXPECT_EQ(said(s), "fine. | hello? | hello? | goodbye.");
  ASSERT_EQ(s.all<CallEnded>().size(), 1u);
  EXPECT_GE(s.time_of<CallEnded>(), s.time_of<session::TurnClosed>(3));
}

TEST(LongSilence, AnAnswerStartsTheCountAgain) {
  Scenario s(after(5s, "goodbye."));
  s.say({1});
  s.pause(13s);  // asked twice
  s.say({2});
  s.run(14s);
  EXPECT_EQ(said(s), "fine. | hello? | hello? | fine. | hello? | hello?");
}

TEST(LongSilence, WhoInterruptsTheGoodbyeStaysInTheCall) {
  Scenario s(after(2s, "w100 w101 w102 w103 w104 w105 w106 w107 w108."));
  s.say({1});
  s.run(0ms);
  while (s.all<session::ReplyStarted>().size() < 4) s.run(100ms);
  s.pause(500ms);
  s.say({5, 6, 7, 8});
  s.run(2s);
  EXPECT_TRUE(s.all<CallEnded>().empty());
  EXPECT_EQ(s.all<ReplyFinished>().at(4).item->parts.back().text, "fine.");
}

TEST(LongSilence, NothingHappensBeforeSheHasSpokenOrWhenItIsOff) {
  Scenario off;
  off.say({1});
  off.run(60s);
  EXPECT_EQ(said(off), "fine.");
  Scenario mute(after(5s));
  mute.run(60s);
  EXPECT_EQ(said(mute), "");
}

}  // namespace
}  // namespace eva
