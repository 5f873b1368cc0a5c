// What would have changed: the same caller and the same answers under other settings.
#include "replay/resimulate.h"

#include <gtest/gtest.h>

#include "base/test_rounds.h"
#include "replay/run_log.h"
#include "replay/test_calls.h"
#include "replay/timeline_svg.h"
#include "replay/turn_table.h"
#include "sim/world.h"

namespace eva::replay {
namespace {

class Resimulate : public testing::Test {
 protected:
  // Two utterances; the first has a pause of 350 ms in it.
  void record(sim::Scenario::Options options = {}) {
    RecordedScenario recorded({.folder = folder_.path()}, "call", std::move(options));
    sim::Scenario& s = recorded.call();
    s.llm.script = [](const speech::LlmRequest& request) {
      return "About <" + request.messages.back().text + ">.";
    };
    s.say({1, 2, 3});
    s.pause(350ms);
    s.say({4, 5, 8, 9});
    s.pause(4s);
    s.say({6, 7});
    s.run(4s);
    recording_ = read_recording(recorded.finish()).value();
    const std::array<session::Tap*, 2> taps{&recorded_, &book_};
    const auto again = replay_exactly(recording_, fixed_silence, taps);
    ASSERT_TRUE(again && !again->difference);
    windows_ = again->windows;
  }
  std::vector<Guess> run(Duration silence) {
    Change change;
    change.settings = [silence](session::Settings& settings) {
      settings.turn_detection->turn.silence = silence;
    };
    return resimulate(recording_, windows_, book_, fixed_silence, change, changed_);
  }

  TemporaryFolder folder_;
  Recording recording_;
  RunLog recorded_;
  ReplyBook book_;
  Windows windows_;
  RunLog changed_;
};

// Virtual time and virtual engines: without a change the run is the recorded one, to the µs.
TEST_F(Resimulate, WithoutAChangeItIsTheSameCall) {
  record();
  EXPECT_EQ(guess_list(run(500ms), recorded_.begin()), "");
  ASSERT_EQ(recorded_.turns().size(), 2u);
  ASSERT_EQ(changed_.turns().size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& a = recorded_.turns()[i].record;
    const auto& b = changed_.turns()[i].record;
    EXPECT_EQ(a.turn_ended_at, b.turn_ended_at);
    EXPECT_EQ(a.first_audible_at, b.first_audible_at);
    EXPECT_EQ(a.heard_text, b.heard_text);
    EXPECT_EQ(a.user_text, b.user_text);
  }
  EXPECT_EQ(recorded_.eva(), changed_.eva());
  EXPECT_EQ(recorded_.turns()[0].record.user_text, "w1 w2 w3 w4 w5 w8 w9");
}

TEST_F(Resimulate, AShorterSilenceCutsTheUserInTwo) {
  record();
  const auto guesses = run(300ms);
  ASSERT_EQ(changed_.turns().size(), 3u);
  EXPECT_EQ(changed_.turns()[0].record.user_text, "w1 w2 w3");  // asked for in the pause, recorded
  EXPECT_FALSE(guesses.empty());  // nobody asked the brain about half a sentence
  EXPECT_LT(*changed_.turns().back().record.turn_ended_at,
            *recorded_.turns().back().record.turn_ended_at);
  const std::string table = comparison_table(recorded_, changed_);
  EXPECT_NE(table.find("cut into 2"), table.npos) << table;
  EXPECT_NE(table.find("turns 2 -> 3; cut 1, joined 0"), table.npos) << table;
  EXPECT_NE(guess_list(guesses, recorded_.begin()).find("s: "), std::string::npos);
}

TEST_F(Resimulate, ALongerSilenceEndsLaterAndSaysTheSame) {
  record();
  EXPECT_EQ(guess_list(run(800ms), recorded_.begin()), "");
  ASSERT_EQ(changed_.turns().size(), 2u);
  const auto& a = recorded_.turns()[0].record;
  const auto& b = changed_.turns()[0].record;
  const Duration later = *b.turn_ended_at - *a.turn_ended_at;
  EXPECT_LE(later, 340ms);  // windows of 32 ms, chunks of 20
  EXPECT_GE(later, 260ms);
  EXPECT_EQ(a.heard_text, b.heard_text);
}

TEST_F(Resimulate, RandomCallsRunUnderAnySettings) {
  for (std::uint64_t seed = 0; seed < test_rounds(40); ++seed) {
    RecordedScenario recorded({.folder = folder_.path()}, "call" + std::to_string(seed),
                              {.seed = seed});
    run_random_call(recorded.call(), seed);
    const auto recording = read_recording(recorded.finish()).value();
    ReplyBook book;
    RunLog before;
    const std::array<session::Tap*, 2> taps{&before, &book};
    const auto again = replay_exactly(recording, fixed_silence, taps);
    ASSERT_TRUE(again);
    for (const Duration silence : {100ms, 300ms, 1500ms}) {
      Change change;
      change.settings = [silence](session::Settings& settings) {
        if (!settings.turn_detection) return;
        settings.turn_detection->turn.silence = silence;
        settings.turn_detection->barge_in.kind = turn::BargeInKind::kSpeech;
      };
      change.limits = [](session::Limits& limits) { limits.speculations = 0; };
      RunLog after;
      resimulate(recording, again->windows, book, fixed_silence, change, after);
      EXPECT_FALSE(after.turns().empty());
      EXPECT_FALSE(comparison_table(before, after).empty());
      const std::string svg =
          timeline_svg(recording, again->windows, {{"a", &before}, {"b", &after}});
      EXPECT_TRUE(svg.ends_with("</svg>\n"));
    }
  }
}

TEST_F(Resimulate, TheTableTellsTheTurns) {
  record();
  EXPECT_EQ(turn_table(recorded_).substr(0, 63),
            "turn  you spoke (s)     turn over first sound voice to voice  s");
  EXPECT_NE(turn_table(recorded_).find("you: w1 w2 w3 w4 w5 w8 w9\n"), std::string::npos);
  EXPECT_NE(turn_table(recorded_).find("Eva: About <w6 w7>.\n"), std::string::npos);
}

TEST_F(Resimulate, ThePictureShowsBothRunsAndEscapesTexts) {
  record();
  run(300ms);
  const std::string svg =
      timeline_svg(recording_, windows_,
                   {{"as recorded", &recorded_}, {"with turn.silence_ms=300 & <b>", &changed_}});
  EXPECT_TRUE(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
  EXPECT_NE(svg.find("as recorded"), svg.npos);
  EXPECT_NE(svg.find("turn.silence_ms=300 &amp; &lt;b&gt;"), svg.npos);
  EXPECT_NE(svg.find("About &lt;w6"), svg.npos);
  EXPECT_EQ(svg.find("About <"), svg.npos);
  EXPECT_NE(svg.find("turn over, answers"), svg.npos);
  EXPECT_EQ(svg.find("href"), svg.npos);  // nothing from outside
  EXPECT_EQ(svg.find("nan"), svg.npos);
}

// An engine with word times, asked about a part of what it was asked about in the recording.
TEST(RecordedStt, OfALongerStretchTheWordsInIt) {
  const auto second = std::vector<std::int16_t>(16'000, 1);
  const auto two_seconds = std::vector<std::int16_t>(32'000, 2);
  ReplyBook book;
  book.on_event(session::AudioReceived{two_seconds}, Time{2s});
  book.on_actions(std::vector<session::Action>{session::StartStt{TurnId{1}, {.pcm = two_seconds}}});
  book.on_event(session::SttFinished{TurnId{1}, speech::Transcript{"one two three",
                                                                   {{"one", 0ms, 400ms},
                                                                    {"two", 500ms, 900ms},
                                                                    {"three", 1200ms, 1900ms}}}},
                Time{2100ms});
  sim::World world;
  Desk desk{.executor = world, .book = book, .received = 16'000, .guesses = {}};
  RecordedStt stt(desk);
  std::string text;
  const auto call = stt.transcribe({.pcm = second},
                                   [&](Result<speech::Transcript> result) { text = result->text; });
  world.run_until(Time{99ms});
  EXPECT_EQ(text, "");
  world.run_until(Time{100ms});
  EXPECT_EQ(text, "one two");
  ASSERT_EQ(desk.guesses.size(), 1u);
  EXPECT_EQ(desk.guesses[0].what,
            "for the speech of 0.00 to 1.00 s that of 0.00 to 2.00 s: \"one two\"");
}

// A call that ends while she speaks: the session has not closed that turn.
TEST_F(Resimulate, AnAnswerUnderWayAtTheEndIsATurnAsWell) {
  RecordedScenario recorded({.folder = folder_.path()}, "call");
  recorded.call().llm.script = [](const speech::LlmRequest&) { return "w1 w2 w3 w4 w5 w6 w7 w8."; };
  recorded.call().say({1, 2, 3});
  recorded.call().run(1s);
  recording_ = read_recording(recorded.finish()).value();
  const std::array<session::Tap*, 1> taps{&recorded_};
  ASSERT_TRUE(replay_exactly(recording_, fixed_silence, taps));
  EXPECT_TRUE(recorded_.turns().empty());
  recorded_.finish();
  ASSERT_EQ(recorded_.turns().size(), 1u);
  EXPECT_EQ(recorded_.turns()[0].record.user_text, "w1 w2 w3");
  EXPECT_EQ(recorded_.turns()[0].record.reply_text, "w1 w2 w3 w4 w5 w6 w7 w8.");
  EXPECT_TRUE(recorded_.turns()[0].record.first_audible_at);
}

TEST(TurnTable, OfACallWithoutTurnsIsItsHead) {
  const RunLog none;
  EXPECT_EQ(std::ranges::count(turn_table(none), '\n'), 1);
  EXPECT_NE(comparison_table(none, none).find("turns 0 -> 0"), std::string::npos);
}

}  // namespace
}  // namespace eva::replay
