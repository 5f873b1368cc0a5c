// Commands at the worst moment: what they did to a session once, and must not do again.
#include <gtest/gtest.h>

#include <random>

#include "sim/coded_speech.h"
#include "sim/scenario.h"

namespace eva {
namespace {

using session::CommandRefused;
using session::Item;
using session::ReplyFinished;
using sim::Behaviour;
using sim::Scenario;

Item text_item(Item::Role role, std::string text) {
  return {.role = role, .parts = {{Item::Part::Kind::kInputText, std::move(text)}}};
}

std::size_t answers(const Scenario& s) {
  return s.all<session::ReplyStarted>().size();
}

TEST(Hostile, ARefusedCommitLeavesTheTurnAlone) {
  Scenario::Options options;
  options.settings.turn_detection->prefix_padding = 0ms;
  options.settings.turn_detection->turn.min_speech = 32ms;
  Scenario s(options);
  s.say({1});
  s.run(0ms);
  s.command(session::ClearInput{});  // the turn that begins now has hardly any audio
  s.say({2});
  s.run(-40ms);
  s.command(session::CommitInput{"evt"});
  s.run();
  EXPECT_EQ(s.all<session::TranscriptionCompleted>().size(), 1u);
}

TEST(Hostile, CommitsInMidSpeechGiveEachWordToOneTurn) {
  for (int at = 1; at <= 40; ++at) {
    Scenario s;
    s.say({1, 2, 3, 4, 5, 6});
    s.run(-std::chrono::milliseconds(20 * at));
    s.command(session::CommitInput{});
    s.say({7, 8});
    s.run();
    std::string all;
    for (const auto& done : s.all<session::TranscriptionCompleted>()) all += done.text + " ";
    for (int word = 1; word <= 8; ++word) {
      const std::string code = "w" + std::to_string(word);
      const auto first = all.find(code);
      if (first == std::string::npos) continue;  // the commit cut it in two
      EXPECT_EQ(all.find(code, first + 1), std::string::npos) << all;
    }
    EXPECT_NE(all.find("w8"), std::string::npos) << all;
  }
}

TEST(Hostile, AnyMixOfCommandsAndSpeechKeepsTheSessionAlive) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    std::mt19937_64 random(seed);
    const auto pick = [&](int low, int high) {
      return std::uniform_int_distribution(low, high)(random);
    };
    Scenario s({.seed = seed, .min_chunk = 1, .max_chunk = 900});
    s.stt.behaviour.max_delay = 1500ms;
    for (int step = 0; step < 30; ++step) {
      if (pick(0, 1) == 1) s.say({pick(0, 99), pick(0, 99)});
      s.run(std::chrono::milliseconds(pick(0, 900)));
      auto settings = s.host().session().settings();
      const std::string any_item = "item_t" + std::to_string(pick(1, 12));
      switch (pick(0, 8)) {
        case 0:
          s.command(session::CommitInput{});
          break;
        case 1:
          s.command(session::ClearInput{});
          break;
        case 2:
          s.command(session::CreateReply{});
          break;
        case 3:
          s.command(session::CancelReply{});
          break;
        case 4:
          if (settings.turn_detection) {
            settings.turn_detection.reset();
          } else {
            settings.turn_detection.emplace();
          }
          s.command(session::ChangeSettings{"", settings});
          break;
        case 5:
          s.command(session::DeleteItem{"", any_item});
          break;
        case 6:
          s.command(session::TruncateItem{"", any_item, std::chrono::milliseconds(pick(0, 2000))});
          break;
        case 7: {  // an id that she would have chosen herself
          Item item = text_item(Item::Role::kUser, "hello");
          item.id = any_item;
          s.command(session::CreateItem{.item = item});
          break;
        }
        default:
          break;
      }
    }
    s.run(5s);
    const auto settings = s.host().session().settings();
    if (!settings.turn_detection) s.command(session::ChangeSettings{"", session::Settings{}});
    s.run(30s);
    const std::size_t before = answers(s);
    s.say({42});
    s.run(5s);
    EXPECT_GT(answers(s), before) << "deaf or dumb after seed " << seed;
  }
}

TEST(Hostile, TwoTurnsBeforeTheFirstTextGetOneAnswer) {
  Scenario s;
  s.stt.behaviour.min_delay = s.stt.behaviour.max_delay = 1600ms;
  s.say({1});
  s.pause(600ms);
  s.say({2});
  s.run(6s);
  EXPECT_EQ(s.llm.requests.size(), 1u);
  EXPECT_EQ(s.llm.requests.at(0).messages.size(), 2u);
  EXPECT_EQ(s.all<session::TurnClosed>().size(), 2u);
}

TEST(Hostile, AReplyAskedForDuringTheTranscriptionIsTheOnlyOne) {
  Scenario s;
  s.stt.behaviour.min_delay = s.stt.behaviour.max_delay = 1s;
  s.say({1});
  s.run(600ms);
  s.command(session::CreateReply{});
  s.run(5s);
  EXPECT_EQ(s.llm.requests.size(), 1u);
  EXPECT_EQ(answers(s), 1u);
}

TEST(Hostile, ASystemItemDoesNotSwallowTheTurn) {
  Scenario s;
  s.stt.behaviour.min_delay = s.stt.behaviour.max_delay = 1s;
  s.say({1});
  s.run(600ms);
  s.command(session::CreateItem{.item = text_item(Item::Role::kSystem, "It rains.")});
  s.run(5s);
  EXPECT_EQ(s.llm.requests.size(), 1u);
}

TEST(Hostile, AReplyAskedForWhileTheUserSpeaksWaitsForThem) {
  Scenario s;
  s.say({1, 2, 3});
  s.run(-100ms);
  s.command(session::CreateReply{});
  s.say({4, 5});
  s.run(5s);
  ASSERT_EQ(s.llm.requests.size(), 1u);
  EXPECT_NE(s.llm.requests[0].messages.back().text.find("w5"), std::string::npos);
  EXPECT_GT(s.time_of<session::ReplyAudio>(), s.time_of<session::UserSpeechStopped>());
}

TEST(Hostile, AQueuedReplyCanBeCancelled) {
  Scenario s;
  s.say({1});
  s.run(2s);  // answered; the listener's buffer may still hold the end
  while (s.all<ReplyFinished>().empty()) s.run(20ms);
  s.say({2});
  s.run(600ms);
  while (s.all<ReplyFinished>().size() < 2) s.run(1ms);
  s.command(session::CreateReply{});
  s.command(session::CancelReply{});
  s.run(5s);
  EXPECT_TRUE(s.all<CommandRefused>().empty());
  EXPECT_EQ(s.all<ReplyFinished>().back().status, ReplyFinished::Status::kCancelled);
  EXPECT_EQ(s.all<ReplyFinished>().size(), 3u);
}

TEST(Hostile, EveryTurnThatWaitsInVainIsInTheLedger) {
  Scenario::Options options;
  options.settings.turn_detection->interrupt_response = false;
  Scenario s(options);
  s.llm.script = [](const auto&) { return "w10 w11 w12 w13 w14 w15 w16 w17 w18 w19 w20 w21 w22."; };
  s.say({1});
  s.pause(900ms);
  s.say({2});
  s.pause(800ms);
  s.say({3});
  s.run(20s);
  std::set<std::string> closed;
  for (const auto& turn : s.all<session::TurnClosed>()) closed.insert(turn.record.user_item_id);
  for (const auto& item : s.all<session::InputCommitted>()) {
    EXPECT_TRUE(closed.contains(item.item_id)) << item.item_id;
  }
}

TEST(Hostile, OneSessionAwaitsAFewTranscriptionsOnly) {
  Scenario s;
  s.stt.behaviour.fault = Behaviour::Fault::kHang;
  for (int i = 0; i < 20; ++i) {
    Item item{.parts = {{Item::Part::Kind::kInputAudio, ""}}};
    s.command(session::CreateItem{.item = item, .audio = std::vector<std::int16_t>(16'000)});
  }
  EXPECT_EQ(s.stt.stats.started, 8);
  EXPECT_EQ(s.all<CommandRefused>().size(), 12u);
  EXPECT_EQ(s.all<CommandRefused>().at(0).code, "rate_limit_exceeded");
}

// The session itself, without a host that would have cancelled the requests.
TEST(Hostile, ResultsThatNobodyWantsAnyMoreAreDropped) {
  session::SessionParts parts;
  parts.vad = std::make_unique<sim::CodedVad>();
  parts.end_of_turn = [](const turn::TurnSettings& settings) {
    return std::make_unique<turn::SilenceEndOfTurn>(settings.silence);
  };
  parts.id_suffix = "t";
  session::Session session(std::move(parts));
  std::vector<session::Action> actions;
  session.on(session::CreateReply{}, Time{}, actions);
  TurnId asked{};
  for (const auto& action : actions) {
    if (const auto* llm = std::get_if<session::StartLlm>(&action)) asked = llm->turn;
  }
  session.on(session::LlmText{asked, "Hello there. "}, Time{}, actions);
  session.on(session::CancelReply{}, Time{}, actions);
  const std::size_t messages = session.conversation().items().size();
  actions.clear();
  session.on(session::LlmText{asked, "Late words."}, Time{1s}, actions);
  session.on(session::LlmFinished{asked, speech::LlmUsage{}}, Time{1s}, actions);
  session.on(session::TtsAudio{asked, 0, std::vector<std::int16_t>(4800)}, Time{1s}, actions);
  session.on(session::TtsFinished{asked, 0, {}}, Time{1s}, actions);
  session.on(session::SttFinished{asked, speech::Transcript{"late"}}, Time{1s}, actions);
  session.on(session::SttFinished{TurnId{999}, speech::Transcript{"never asked"}}, Time{1s},
             actions);
  EXPECT_TRUE(actions.empty());
  EXPECT_EQ(session.conversation().items().size(), messages);
  EXPECT_EQ(session.next_deadline(), std::nullopt);
}

}  // namespace
}  // namespace eva
