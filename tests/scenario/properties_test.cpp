// Properties over seeded random conversations: thousands of turns in virtual time.
#include <gtest/gtest.h>

#include <chrono>
#include <set>

#include "sim/coded_speech.h"
#include "sim/scenario.h"

namespace eva {
namespace {

using session::ReplyFinished;
using sim::Behaviour;
using sim::Scenario;

void random_script(Scenario& s, std::uint64_t seed, int utterances) {
  std::mt19937_64 random(seed);
  const auto pick = [&](int low, int high) {
    return std::uniform_int_distribution(low, high)(random);
  };
  for (int i = 0; i < utterances; ++i) {
    if (pick(0, 9) == 0) s.coughs(std::chrono::milliseconds(pick(20, 400)));
    std::vector<int> words;
    for (int n = pick(1, 6); n > 0; --n) words.push_back(pick(0, 99));
    s.say(words);
    s.pause(std::chrono::milliseconds(pick(100, 2500)));
  }
}

std::string what_the_user_did(const Scenario& s) {
  std::string out;
  for (const auto& entry : s.log) {
    if (const auto* a = std::get_if<session::UserSpeechStarted>(&entry.notice)) {
      out += " start " + std::to_string(to_ms(a->start));
    } else if (const auto* b = std::get_if<session::UserSpeechStopped>(&entry.notice)) {
      out += " stop " + std::to_string(to_ms(b->end));
    } else if (const auto* c = std::get_if<session::TranscriptionCompleted>(&entry.notice)) {
      out += " text " + c->text;
    }
  }
  return out;
}

TEST(Properties, AnyChunkingGivesTheSameTurns) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    std::string expected;
    for (const auto& [low, high] : {std::pair{320, 320}, {1, 700}, {512, 512}, {37, 37}}) {
      Scenario::Options options{.seed = seed, .min_chunk = low, .max_chunk = high};
      options.settings.turn_detection->create_response = false;  // turns alone, no pacing in play
      Scenario s(options);
      random_script(s, seed, 6);
      s.run();
      if (expected.empty()) expected = what_the_user_did(s);
      EXPECT_EQ(what_the_user_did(s), expected) << "seed " << seed << " chunks " << low;
    }
    EXPECT_FALSE(expected.empty());
  }
}

// Text and probability decide about these turns, and come after any time below the bound of a
// second, in any order, to audio in pieces of up to a second.
TEST(Properties, AnyChunkingAndAnyDelayOfTheEnginesGivesTheSameTurns) {
  struct Network {
    int min_chunk, max_chunk;
    Duration stt_low, stt_high, score_low, score_high;
  };
  int turns = 0;
  int cut_by_evidence = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    std::string expected;
    for (const auto& network :
         {Network{320, 320, 50ms, 50ms, 40ms, 40ms}, Network{1, 700, 10ms, 900ms, 10ms, 240ms},
          Network{16'000, 16'000, 300ms, 300ms, 5ms, 5ms},
          Network{100, 9000, 1ms, 999ms, 1ms, 999ms}}) {
      Scenario::Options options{
          .seed = seed, .min_chunk = network.min_chunk, .max_chunk = network.max_chunk};
      options.settings.turn_detection->create_response = false;
      options.settings.turn_detection->turn.end_of_turn = turn::EndOfTurnKind::kAuto;
      Scenario s(options);
      s.stt.behaviour = {network.stt_low, network.stt_high};
      s.turn_model.behaviour = {network.score_low, network.score_high};
      random_script(s, seed, 6);
      s.run(15s);
      if (expected.empty()) {
        expected = what_the_user_did(s);
        turns += static_cast<int>(s.all<session::UserSpeechStopped>().size());
        options.settings.turn_detection->turn.end_of_turn = turn::EndOfTurnKind::kSilence;
        Scenario silence(options);
        random_script(silence, seed, 6);
        silence.run(15s);
        cut_by_evidence += what_the_user_did(silence) != expected;
      }
      EXPECT_EQ(what_the_user_did(s), expected) << "seed " << seed << " to " << network.max_chunk;
    }
  }
  EXPECT_GT(turns, 100);
  EXPECT_GT(cut_by_evidence, 50) << "the evidence decides nothing";
}

// An engine that never answers delays a decision by the bound and no more.
TEST(Properties, EvidenceThatNeverComesIsNotWaitedForLonger) {
  for (const auto fault : {Behaviour::Fault::kHang, Behaviour::Fault::kFail}) {
    Scenario::Options options;
    options.settings.turn_detection->turn.end_of_turn = turn::EndOfTurnKind::kAuto;
    Scenario s(options);
    s.turn_model.behaviour.fault = fault;
    s.say({1, 2, 3});
    s.run(10s);
    ASSERT_EQ(s.all<session::UserSpeechStopped>().size(), 1U);
    const Duration media = s.all<session::UserSpeechStopped>().front().end;
    const Duration late = s.time_of<session::UserSpeechStopped>() - (s.caller_began + media);
    EXPECT_LE(late, 1020ms);
    EXPECT_EQ(s.all<session::TranscriptionCompleted>().size(), 1U);
    EXPECT_FALSE(s.host().session().next_deadline());
  }
}

// What must hold in every conversation, whatever the engines do.
void check_invariants(const Scenario& s, const std::string& context) {
  std::set<std::string> started;
  std::set<std::string> finished;
  std::string active;
  std::set<std::string> items;
  for (const auto& entry : s.log) {
    if (const auto* a = std::get_if<session::ReplyStarted>(&entry.notice)) {
      EXPECT_TRUE(active.empty()) << context << ": two replies at once";
      EXPECT_TRUE(started.insert(a->response_id).second) << context;
      active = a->response_id;
    } else if (const auto* f = std::get_if<ReplyFinished>(&entry.notice)) {
      EXPECT_EQ(f->response_id, active) << context;
      EXPECT_TRUE(finished.insert(f->response_id).second) << context << ": finished twice";
      active.clear();
    } else if (const auto* audio = std::get_if<session::ReplyAudio>(&entry.notice)) {
      EXPECT_EQ(audio->response_id, active) << context << ": audio of a finished reply";
      EXPECT_LE(audio->pcm.size(), 480u);
    } else if (const auto* text = std::get_if<session::ReplyText>(&entry.notice)) {
      EXPECT_EQ(text->response_id, active) << context;
      EXPECT_TRUE(items.contains(text->item_id)) << context << ": text before its item";
    } else if (const auto* item = std::get_if<session::ReplyItemStarted>(&entry.notice)) {
      EXPECT_TRUE(items.insert(item->item_id).second) << context;
    } else if (const auto* closed = std::get_if<session::TurnClosed>(&entry.notice)) {
      EXPECT_TRUE(closed->record.reply_text.size() + 1 >= closed->record.heard_text.size());
    }
  }
}

TEST(Properties, InvariantsHoldForRandomConversationsWithFaults) {
  int replies = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    std::mt19937_64 random(seed);
    const auto fault = [&] {
      const int n = std::uniform_int_distribution(0, 11)(random);
      return n < 4 ? static_cast<Behaviour::Fault>(n) : Behaviour::Fault::kNone;
    };
    Scenario s({.seed = seed, .min_chunk = 1, .max_chunk = 1600});
    s.stt.behaviour = {10ms, 900ms, fault()};
    s.llm.behaviour = {10ms, 1500ms, fault()};
    s.tts.behaviour = {10ms, 700ms, fault()};
    s.llm.script = [&](const auto&) {
      std::string text;
      for (int n = std::uniform_int_distribution(0, 40)(random); n > 0; --n) {
        text += sim::word_name(n) + (n % 7 == 0 ? ". " : " ");
      }
      return text;
    };
    random_script(s, seed, 5);
    s.run(5s);
    s.command(session::CreateReply{});
    s.command(session::TruncateItem{"", "item_t5", 100ms});
    s.command(session::CancelReply{});
    random_script(s, seed + 1000, 2);
    s.run(30s);
    check_invariants(s, "seed " + std::to_string(seed));
    replies += static_cast<int>(s.all<session::ReplyStarted>().size());
    const auto open = s.all<session::ReplyStarted>().size() - s.all<ReplyFinished>().size();
    const bool hangs = s.llm.behaviour.fault == Behaviour::Fault::kHang ||
                       s.tts.behaviour.fault == Behaviour::Fault::kHang ||
                       s.stt.behaviour.fault == Behaviour::Fault::kHang;
    EXPECT_LE(open, hangs ? 1u : 0u) << "seed " << seed;
    if (!hangs) {
      EXPECT_FALSE(s.host().session().next_deadline()) << "seed " << seed;
    }
  }
  EXPECT_GT(replies, 900);
}

TEST(Properties, TheSameSeedGivesTheSameConversation) {
  const auto play = [] {
    Scenario s({.seed = 42, .min_chunk = 1, .max_chunk = 1000});
    s.stt.behaviour = {10ms, 900ms};
    s.llm.behaviour = {10ms, 900ms};
    random_script(s, 42, 10);
    s.run();
    return what_the_user_did(s) + s.dialogue();
  };
  EXPECT_EQ(play(), play());
}

}  // namespace
}  // namespace eva
