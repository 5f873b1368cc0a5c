#include "engine/clause_speech.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "engine/voice.h"

namespace eva::engine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::size_t kSpeech = 240;  // samples that the fake makes of a clause
constexpr std::size_t kSentencePause = 7200;
constexpr std::size_t kCommaPause = 2880;

/// Speaks every clause as kSpeech samples and writes down what was asked and delivered.
struct Stage {
  std::vector<std::string> clauses;
  std::vector<std::size_t> chunks;
  CancelToken cancel;
  std::size_t stop_after = std::numeric_limits<std::size_t>::max();

  Result<> speak(const std::string& text, double speed = 1) {
    return speak_clauses(
        text, speed,
        [this](const std::string& clause) -> Result<std::vector<std::int16_t>> {
          clauses.push_back(clause);
          if (clause == "Fail.") return fail(ErrorCode::kInternal, "broken");
          if (clause == "Mute.") return std::vector<std::int16_t>{};
          return std::vector<std::int16_t>(kSpeech, 1);
        },
        [this](std::span<const std::int16_t> pcm) {
          chunks.push_back(pcm.size());
          return chunks.size() < stop_after;
        },
        cancel);
  }
};

TEST(SpeakClausesTest, PausesStandBetweenTheClausesOnly) {
  Stage stage;
  ASSERT_TRUE(stage.speak("One. Two! Three").has_value());
  EXPECT_THAT(stage.clauses, ElementsAre("One.", "Two!", "Three"));
  EXPECT_THAT(stage.chunks,
              ElementsAre(kSpeech, kSentencePause + kSpeech, kSentencePause + kSpeech));
}

TEST(SpeakClausesTest, PauseIsShortAfterACommaAndFollowsTheSpeed) {
  const std::string text = "Thank you for calling us today, how can I help you with your order?";
  Stage stage;
  ASSERT_TRUE(stage.speak(text).has_value());
  EXPECT_THAT(stage.chunks, ElementsAre(kSpeech, kCommaPause + kSpeech));
  Stage fast;
  ASSERT_TRUE(fast.speak(text, 2).has_value());
  EXPECT_THAT(fast.chunks, ElementsAre(kSpeech, kCommaPause / 2 + kSpeech));
}

TEST(SpeakClausesTest, SlowSpeechHasShorterClauses) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "word ";
  for (const auto& [speed, longest] :
       {std::pair(0.25, 50U), std::pair(0.5, 100U), std::pair(1.0, 200U), std::pair(4.0, 200U)}) {
    Stage stage;
    ASSERT_TRUE(stage.speak(text, speed).has_value());
    EXPECT_EQ(stage.clauses.size(), 200 / longest);
    for (const std::string& clause : stage.clauses) EXPECT_LE(clause.size(), longest);
  }
}

TEST(SpeakClausesTest, ClausesWithoutSoundAddNoPause) {
  Stage stage;
  ASSERT_TRUE(stage.speak("Mute. One. Mute. Two.").has_value());
  EXPECT_THAT(stage.chunks, ElementsAre(kSpeech, kSentencePause + kSpeech));
}

TEST(SpeakClausesTest, NothingToSay) {
  Stage stage;
  ASSERT_TRUE(stage.speak("").has_value());
  ASSERT_TRUE(stage.speak(" \n 😀 …").has_value());
  EXPECT_THAT(stage.clauses, IsEmpty());
}

TEST(SpeakClausesTest, ListenerMayStop) {
  Stage stage;
  stage.stop_after = 1;
  ASSERT_TRUE(stage.speak("One. Two.").has_value());
  EXPECT_THAT(stage.clauses, ElementsAre("One."));
}

TEST(SpeakClausesTest, ErrorsOfASingleClauseEndTheSpeech) {
  Stage stage;
  const Result<> result = stage.speak("One. Fail. Two.");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::kInternal);
  EXPECT_THAT(stage.clauses, ElementsAre("One.", "Fail."));
}

TEST(SpeakClausesTest, CancelledBeforeTheFirstClause) {
  Stage stage;
  stage.cancel.cancel();
  const Result<> result = stage.speak("One.");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
  EXPECT_THAT(stage.clauses, IsEmpty());
}

TEST(SpeakClausesTest, RefusesBadRequests) {
  Stage stage;
  for (const double speed : {0.2, 4.1, -1.0, std::nan("")}) {
    const Result<> result = stage.speak("One.", speed);
    ASSERT_FALSE(result.has_value()) << speed;
    EXPECT_EQ(result.error().code, ErrorCode::kBadInput);
  }
  for (const std::string& text : {std::string("bad \xFF"), std::string(4097, 'a')}) {
    const Result<> result = stage.speak(text);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::kBadInput);
  }
  EXPECT_THAT(stage.clauses, IsEmpty());
  std::string umlauts;
  for (int i = 0; i < 4096; ++i) umlauts += "ü";
  EXPECT_TRUE(stage.speak(umlauts).has_value());  // characters are counted, not bytes
}

}  // namespace
}  // namespace eva::engine
