#include "cli/live_call.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <sstream>

#include "sim/coded_speech.h"
#include "sim/fake_engines.h"
#include "sim/world.h"
#include "turn/make_end_of_turn.h"

namespace eva::cli {
namespace {

using Pcm = std::vector<std::int16_t>;

/// Hears what was scripted, as time goes by.
class FakeMicrophone final : public device::Microphone {
 public:
  explicit FakeMicrophone(const Executor& clock) : clock_(clock) {}
  int rate() const override { return 16'000; }
  void read(Pcm& out) override {
    const auto until =
        static_cast<std::size_t>(duration_to_samples(clock_.now().time_since_epoch(), rate()));
    for (; read_ < until; ++read_) out.push_back(read_ < script.size() ? script[read_] : 0);
  }
  std::int64_t lost() const override { return 0; }
  bool working() const override { return plugged_in; }

  void say(std::vector<int> words, Duration pause_before) {
    script.resize(script.size() +
                  static_cast<std::size_t>(duration_to_samples(pause_before, rate())));
    const Pcm pcm = sim::speak_words(words, rate());
    script.insert(script.end(), pcm.begin(), pcm.end());
  }
  Pcm script;
  bool plugged_in = true;

 private:
  const Executor& clock_;
  std::size_t read_ = 0;
};

/// Keeps what was heard of what it was given.
class FakeLoudspeaker final : public device::Loudspeaker {
 public:
  explicit FakeLoudspeaker(const Executor& clock) : clock_(clock) {}
  int rate() const override { return 24'000; }
  void write(std::span<const std::int16_t> pcm) override {
    const auto now = position();
    if (heard_.size() < now) heard_.resize(now);
    heard_.insert(heard_.end(), pcm.begin(), pcm.end());
  }
  void flush() override {
    ++flushes;
    heard_.resize(std::min(heard_.size(), position()));
  }
  bool working() const override { return plugged_in; }
  std::string words() const { return sim::read_words(heard_, rate()); }
  bool silent() const { return heard_.size() <= position(); }
  int flushes = 0;
  bool plugged_in = true;

 private:
  std::size_t position() const {
    return static_cast<std::size_t>(duration_to_samples(clock_.now().time_since_epoch(), rate()));
  }
  const Executor& clock_;
  Pcm heard_;
};

struct LiveCallTest : testing::Test {
  sim::World world;
  sim::FakeStt stt{world, 1};
  sim::FakeLlm llm{world, 2};
  sim::FakeTts tts{world, 3};
  FakeMicrophone microphone{world};
  FakeLoudspeaker loudspeaker{world};
  std::ostringstream out;
  Captions captions{out, {}};
  std::optional<std::string> ended;
  std::optional<LiveCall> call;

  void begin() {
    session::SessionParts parts;
    parts.vad = std::make_unique<sim::CodedVad>();
    parts.end_of_turn = [](const turn::TurnSettings& settings) {
      return turn::make_end_of_turn(settings.end_of_turn, settings.silence, false);
    };
    parts.lexicon = std::make_shared<turn::Lexicon>();
    parts.id_suffix = "t";
    call.emplace(world, std::move(parts), session::Engines{stt, llm, tts},
                 LiveSound{microphone, loudspeaker}, captions,
                 [this](std::string why) { ended = std::move(why); });
  }
};

TEST_F(LiveCallTest, HoldsAConversation) {
  llm.script = [](const speech::LlmRequest&) { return "w20 w21 w22."; };
  microphone.say({1, 2, 3}, 500ms);
  begin();
  world.run_until(Time{} + 1s);
  EXPECT_EQ(loudspeaker.words(), "");
  world.run_until(Time{} + 6s);
  EXPECT_EQ(loudspeaker.words(), "w20 w21 w22");
  EXPECT_EQ(out.str(), "you: w1 w2 w3\nEva: w20 w21 w22.\n");
  EXPECT_FALSE(ended);
}

TEST_F(LiveCallTest, SpeaksFirstWhereSheGreets) {
  begin();
  call->greet("w30 w31.");
  world.run_until(Time{} + 3s);
  EXPECT_EQ(loudspeaker.words(), "w30 w31");
}

TEST_F(LiveCallTest, FallsSilentWhenInterrupted) {
  llm.script = [](const speech::LlmRequest& request) {
    return request.messages.back().text.starts_with("w5")
               ? "w50."
               : "w20 w21 w22 w23 w24 w25 w26 w27 w28 w29 w30 w31 w32 w33.";
  };
  microphone.say({1, 2, 3}, 500ms);
  microphone.say({5, 6, 7, 8, 9, 10, 11}, 2s);
  begin();
  world.run_until(Time{} + 10s);
  EXPECT_GE(loudspeaker.flushes, 1);
  EXPECT_EQ(loudspeaker.words().find("w33"), std::string::npos) << loudspeaker.words();
  EXPECT_NE(out.str().find("[interrupted]\n"), std::string::npos) << out.str();
}

TEST_F(LiveCallTest, EndsOnceWhenADeviceIsGone) {
  begin();
  world.run_until(Time{} + 1s);
  EXPECT_FALSE(ended);
  loudspeaker.plugged_in = false;
  world.run_until(Time{} + 1020ms);
  EXPECT_EQ(ended, "the loudspeaker is gone");
  ended.reset();
  microphone.plugged_in = false;
  world.run_until(Time{} + 2s);
  EXPECT_FALSE(ended);
}

TEST_F(LiveCallTest, WhatWasHeardBeforeTheCallIsNoTurn) {
  microphone.say({1, 2, 3}, 500ms);
  world.run_until(Time{} + 1s);  // the engine starts meanwhile
  begin();
  world.run_until(Time{} + 3s);
  EXPECT_EQ(out.str(), "");
}

}  // namespace
}  // namespace eva::cli
