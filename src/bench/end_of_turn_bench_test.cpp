#include "bench/end_of_turn_bench.h"

#include <gtest/gtest.h>

namespace eva::bench {
namespace {

constexpr Delays kNone{};
constexpr Duration kSttAfter = 96ms;

/// 640 ms of speech, a hold of 480 ms, 320 ms of speech, 3.2 s of silence.
HeardTurn hesitating(std::string first, double first_probability) {
  HeardTurn turn{.name = "t", .set = "read", .speech_end = 1440ms};
  const auto add = [&](float probability, int windows) {
    turn.vad.insert(turn.vad.end(), static_cast<std::size_t>(windows), probability);
  };
  add(0.9F, 20);
  add(0.0F, 15);
  add(0.9F, 10);
  add(0.0F, 100);
  turn.pauses = {{640ms, std::move(first), {first_probability}},
                 {1440ms, "I want a large cup of tea.", {0.5}}};
  return turn;
}

TEST(EndOfTurnBench, ASilenceShorterThanTheHoldCutsAndTheDeadAirIsMeasuredAllTheSame) {
  const auto turn = hesitating("I want a", 0.1);
  const Verdict quick = judge(turn, turn::EndOfTurnKind::kSilence, 320ms, kSttAfter, kNone);
  EXPECT_TRUE(quick.cut);
  EXPECT_EQ(quick.dead_air, 320ms);
  const Verdict slow = judge(turn, turn::EndOfTurnKind::kSilence, 512ms, kSttAfter, kNone);
  EXPECT_FALSE(slow.cut);
  EXPECT_EQ(slow.dead_air, 512ms);
}

TEST(EndOfTurnBench, EachPauseIsJudgedByItsOwnEvidence) {
  const Verdict open =
      judge(hesitating("I want a", 0.1), turn::EndOfTurnKind::kAuto, 320ms, kSttAfter, kNone);
  EXPECT_FALSE(open.cut);
  EXPECT_EQ(open.dead_air, 320ms);
  EXPECT_TRUE(judge(hesitating("I want a cup of coffee.", 0.9), turn::EndOfTurnKind::kAuto, 320ms,
                    kSttAfter, kNone)
                  .cut);
}

TEST(EndOfTurnBench, NoDecisionFallsBeforeItsEvidenceIsThere) {
  const Verdict late = judge(hesitating("I want a", 0.1), turn::EndOfTurnKind::kAuto, 320ms,
                             kSttAfter, {.text = 400ms, .probability = 60ms});
  EXPECT_EQ(late.dead_air, 496ms);
}

TEST(EndOfTurnBench, ACurveIsReadAtItsBestPoint) {
  const Curve curve{.name = "",
                    .turns = 10,
                    .points = {{100ms, 0.8, 200ms}, {300ms, 0.4, 450ms}, {600ms, 0.1, 900ms}}};
  EXPECT_EQ(curve.cut_at(500ms), 0.4);
  EXPECT_EQ(curve.cut_at(100ms), std::nullopt);
  EXPECT_EQ(curve.dead_air_at(0.4), 450ms);
  EXPECT_EQ(curve.dead_air_at(0.05), std::nullopt);
}

}  // namespace
}  // namespace eva::bench
