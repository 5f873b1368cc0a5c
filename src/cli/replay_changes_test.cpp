#include "cli/replay_changes.h"

#include <gtest/gtest.h>

#include "config/keys.h"

namespace eva::cli {
namespace {

session::Settings custom_settings() {
  session::Settings settings{.instructions = "be kind", .voice = "amy", .speed = 1.3};
  settings.turn_detection->turn.silence = 650ms;
  settings.turn_detection->turn.stt_after = 240ms;
  settings.turn_detection->prefix_padding = 123ms;
  return settings;
}

session::Settings changed(const std::vector<std::string>& sets) {
  session::Settings settings = custom_settings();
  const auto change = parse_changes(sets, {});
  EXPECT_TRUE(change) << change.error().detail;
  if (change) change->settings(settings);
  return settings;
}

std::string error_of(const std::string& set) {
  const auto change = parse_changes({set}, {});
  return change ? "" : change.error().detail;
}

TEST(ReplayChanges, OnlyWhatIsNamedChanges) {
  const session::Settings settings = changed({"turn.silence_ms=300"});
  EXPECT_EQ(settings.turn_detection->turn.silence, 300ms);
  EXPECT_EQ(settings.turn_detection->turn.stt_after, 240ms);
  EXPECT_EQ(settings.turn_detection->prefix_padding, 123ms);
  EXPECT_EQ(settings.instructions, "be kind");
  EXPECT_EQ(settings.voice, "amy");
  EXPECT_EQ(settings.speed, 1.3);
}

TEST(ReplayChanges, AValueThatIsTheDefaultCountsAsWell) {
  EXPECT_EQ(changed({"turn.silence_ms=500"}).turn_detection->turn.silence, 500ms);
  EXPECT_EQ(changed({"tts.speed=1"}).speed, 1.0);
  EXPECT_EQ(changed({"session.voice="}).voice, "");
}

TEST(ReplayChanges, OfEqualKeysTheLastCounts) {
  EXPECT_EQ(changed({"turn.silence_ms=300", "turn.silence_ms=400"}).turn_detection->turn.silence,
            400ms);
}

TEST(ReplayChanges, RecognitionStartsBeforeTheTurnEnds) {
  const auto& turn = changed({"turn.silence_ms=100"}).turn_detection->turn;
  EXPECT_EQ(turn.silence, 100ms);
  EXPECT_EQ(turn.stt_after, 100ms);
}

TEST(ReplayChanges, ReachKindsAndLimitsAndPhrases) {
  EXPECT_EQ(changed({"turn.end_of_turn=dynamic"}).turn_detection->turn.end_of_turn,
            turn::EndOfTurnKind::kDynamic);
  EXPECT_EQ(changed({"turn.barge_in=speech"}).turn_detection->barge_in.kind,
            turn::BargeInKind::kSpeech);
  turn::Lexicon lexicon{.backchannels = {{"aye"}}, .stops = {{"halt"}}};
  const auto change = parse_changes({"turn.speculations=0", "turn.stop_phrases=enough"}, lexicon);
  ASSERT_TRUE(change);
  session::Limits limits{.items = 7, .speculations = 2};
  change->limits(limits);
  EXPECT_EQ(limits.speculations, 0);
  EXPECT_EQ(limits.items, 7u);
  ASSERT_TRUE(change->lexicon);
  EXPECT_EQ(change->lexicon->stops, std::vector<turn::Words>{{"enough"}});
  EXPECT_EQ(change->lexicon->backchannels, std::vector<turn::Words>{{"aye"}});
}

TEST(ReplayChanges, SettingsWithoutTurnDetectionStayWithoutIt) {
  session::Settings settings;
  settings.turn_detection.reset();
  parse_changes({"turn.silence_ms=300"}, {})->settings(settings);
  EXPECT_FALSE(settings.turn_detection);
}

// New keys of [turn] reach sessions; whoever adds one that does not sees it here.
TEST(ReplayChanges, EveryTurnSettingMatters) {
  for (const config::Key& key : config::keys()) {
    if (key.section != "turn" || key.name == "model") continue;  // its answers are recorded
    const config::Config defaults;
    const std::string set =
        config::full_name(key) + "=" + config::to_text(key, config::get(defaults, key));
    EXPECT_EQ(error_of(set), "");
  }
}

TEST(ReplayChanges, MistakesAreTold) {
  EXPECT_EQ(error_of("turn.silence_ms"), "--set turn.silence_ms: write it as KEY=VALUE");
  EXPECT_EQ(error_of("turn.silense_ms=1"),
            "--set turn.silense_ms=1: there is no such setting; did you mean turn.silence_ms?");
  EXPECT_EQ(error_of("server.web=true"),
            "--set server.web=true: this setting does not matter to a recorded call");
  EXPECT_NE(error_of("turn.silence_ms=x").find("must be"), std::string::npos);
}

}  // namespace
}  // namespace eva::cli
