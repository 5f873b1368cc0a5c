#include "turn/barge_in.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>

namespace eva::turn {
namespace {

using Level = BargeIn::Level;

constexpr Duration kWindow = 32ms;
const Lexicon kEnglish = built_in_lexicon("en");

// Feeds windows; answers questions for words after `stt` with words().
class Overlap {
 public:
  explicit Overlap(BargeInSettings settings = {}) : judge(settings, kEnglish) {}

  void feed(bool speech, Duration length, bool far = false) {
    for (const Duration until = now + length; now < until;) {
      now += kWindow;
      judge.on_window(speech, now, kWindow, far);
      if (answer_at_ && now >= *answer_at_) {
        answer_at_.reset();
        judge.on_words(words);
      }
      if (judge.wants_words()) {
        judge.asked();
        ++questions;
        if (stt) answer_at_ = now + *stt;
      }
      if (judge.level() == Level::kDucked && !ducked) ducked = now;
      if (judge.level() == Level::kHeld && !held) held = now;
      if (judge.stops() && !stopped) stopped = now;
      if (judge.dismissed() && !dismissed) dismissed = now;
    }
  }

  BargeIn judge;
  Duration now{};
  std::string words;
  std::optional<Duration> stt = 80ms;
  int questions = 0;
  std::optional<Duration> ducked, held, stopped, dismissed;

 private:
  std::optional<Duration> answer_at_;
};

TEST(BargeIn, DucksHoldsAndStopsForSpeechThatGoesOn) {
  Overlap o;
  o.words = "Can you";
  o.feed(true, 1s);
  EXPECT_EQ(o.ducked, 64ms);
  EXPECT_EQ(o.held, 128ms);
  EXPECT_EQ(o.stopped, BargeIn::kDecide);
  EXPECT_FALSE(o.dismissed);
}

TEST(BargeIn, AStopPhraseStopsAtTheFirstAnswer) {
  Overlap o;
  o.words = "Stop.";
  o.feed(true, 320ms);
  EXPECT_EQ(o.stopped, 256ms);
}

TEST(BargeIn, ABackchannelBringsHerBack) {
  Overlap o;
  o.words = "Uh-huh.";
  o.feed(true, 320ms);
  o.feed(false, 1s);
  EXPECT_FALSE(o.stopped);
  ASSERT_TRUE(o.dismissed);
  EXPECT_LE(*o.dismissed, 512ms);
  EXPECT_EQ(o.judge.level(), Level::kFull);
}

TEST(BargeIn, ACoughWithoutWordsBringsHerBack) {
  Overlap o;
  o.feed(true, 256ms);
  o.feed(false, 1s);
  EXPECT_FALSE(o.stopped);
  EXPECT_LE(*o.dismissed, BargeIn::kDecide);
}

TEST(BargeIn, SpeechThatGoesOnStopsHerThoughNoWordIsUnderstoodYet) {
  Overlap o;
  o.feed(true, 1s);
  EXPECT_EQ(o.stopped, BargeIn::kDecide);
}

TEST(BargeIn, ATinySoundOnlyDucks) {
  Overlap o;
  o.feed(true, 64ms);
  o.feed(false, 320ms);
  EXPECT_EQ(o.ducked, 64ms);
  EXPECT_FALSE(o.held);
  ASSERT_TRUE(o.dismissed);
  EXPECT_LE(*o.dismissed, 224ms);
}

TEST(BargeIn, AShortWordIsNoInterruptionUnlessItIsAStopPhrase) {
  Overlap guess;
  guess.words = "I say";  // what recognisers make of "I see"
  guess.feed(true, 352ms);
  guess.feed(false, 600ms);
  EXPECT_FALSE(guess.stopped);
  EXPECT_LE(*guess.dismissed, BargeIn::kDecide);
  Overlap no;
  no.words = "No.";
  no.feed(true, 224ms);
  no.feed(false, 600ms);
  EXPECT_TRUE(no.stopped);
}

TEST(BargeIn, WhileSheThinksAShortWordIsMoreOfTheQuestion) {
  for (const char* text : {"Friday", "Mm.", ""}) {
    Overlap o({.agent_heard = false});
    o.words = text;
    o.stt = 400ms;
    o.feed(true, 224ms);
    o.feed(false, 1s);
    EXPECT_EQ(o.stopped.has_value(), std::string_view(text) == "Friday") << text;
    EXPECT_NE(o.dismissed.has_value(), o.stopped.has_value());
  }
}

TEST(BargeIn, ALongerBackchannelBringsHerBackOnceItIsHeardWhole) {
  Overlap o;
  o.words = "Oh, really?";
  o.feed(true, 416ms);
  o.feed(false, 600ms);
  EXPECT_FALSE(o.stopped);
  EXPECT_LE(*o.dismissed, 512ms);
}

TEST(BargeIn, WithoutARecogniserTheLengthDecides) {
  Overlap speech;
  speech.stt.reset();
  speech.feed(true, 1s);
  EXPECT_EQ(speech.stopped, BargeIn::kDecide);
  Overlap cough;
  cough.stt.reset();
  cough.feed(true, 200ms);
  cough.feed(false, 1s);
  EXPECT_FALSE(cough.stopped);
  EXPECT_EQ(cough.dismissed, BargeIn::kDecide);
}

TEST(BargeIn, SpeechAfterABackchannelIsJudgedAfresh) {
  Overlap o;
  o.words = "Uh-huh.";
  o.feed(true, 256ms);
  o.feed(false, 480ms);
  ASSERT_TRUE(o.judge.dismissed());
  o.words = "Uh-huh. Wait.";
  const Duration again = o.now;
  o.held.reset();
  o.feed(true, 320ms);
  EXPECT_EQ(*o.held - again, BargeIn::kHold);
  ASSERT_TRUE(o.stopped);
  EXPECT_LE(*o.stopped - again, 288ms);
}

TEST(BargeIn, WordsAfterABackchannelWithoutAPauseStopToo) {
  Overlap o;
  o.words = "Okay";
  o.feed(true, 480ms);
  ASSERT_TRUE(o.judge.dismissed());
  o.words = "Okay so is that open?";
  o.feed(true, 400ms);
  EXPECT_TRUE(o.judge.stops());
}

TEST(BargeIn, ASentenceInShortPiecesStopsHer) {
  for (const bool recogniser : {true, false}) {
    Overlap o;
    if (!recogniser) o.stt.reset();
    o.feed(true, 352ms);
    o.feed(false, 192ms);
    EXPECT_TRUE(o.dismissed);
    o.feed(true, 352ms);
    EXPECT_TRUE(o.stopped) << recogniser;
  }
}

TEST(BargeIn, ALateAnswerAboutABackchannelIsNoneAboutTheSentence) {
  Overlap o;
  o.words = "Mm-hm.";
  o.stt = 500ms;
  o.feed(true, 224ms);  // asked at 160 ms, answered at 660
  o.feed(false, 256ms);
  ASSERT_TRUE(o.dismissed);
  const Duration again = o.now;
  o.feed(true, 224ms);
  o.words = "Can you";
  o.feed(true, 400ms);
  ASSERT_TRUE(o.stopped);
  EXPECT_LE(*o.stopped - again, BargeIn::kDecide);
}

TEST(BargeIn, BackchannelsInPiecesDoNot) {
  Overlap o;
  o.words = "Mm-hmm. Yeah. Right.";
  for (int i = 0; i < 5; ++i) {
    o.feed(true, 256ms);
    o.feed(false, 256ms);
  }
  EXPECT_FALSE(o.stopped);
}

TEST(BargeIn, ASentenceThatIsRecognisedLateStopsHer) {
  Overlap o;
  o.words = "How far is it?";
  o.stt = 700ms;
  o.feed(true, 416ms);
  o.feed(false, 1s);
  EXPECT_TRUE(o.dismissed);
  EXPECT_TRUE(o.stopped);
}

TEST(BargeIn, ATelevisionDoesNothing) {
  Overlap o;
  o.words = "And now the news at nine";
  o.feed(true, 3s, true);
  o.feed(false, 300ms);
  o.feed(true, 3s, true);
  EXPECT_FALSE(o.ducked);
  EXPECT_FALSE(o.stopped);
  EXPECT_TRUE(o.judge.dismissed());
}

TEST(BargeIn, AStopPhraseFromFurtherAwayStopsHer) {
  Overlap o;
  o.words = "Stop!";
  o.feed(true, 400ms, true);
  EXPECT_TRUE(o.stopped);
}

TEST(BargeIn, TheUserOverATelevisionStopsHer) {
  Overlap o;
  o.words = "And now";
  o.feed(true, 2s, true);
  const Duration joined = o.now;
  o.feed(true, 600ms);
  ASSERT_TRUE(o.stopped);
  EXPECT_LE(*o.stopped - joined, BargeIn::kDecide);
  EXPECT_EQ(*o.held - joined, BargeIn::kHold);
}

TEST(BargeIn, ASoftFirstSoundDelaysNothingButItself) {
  Overlap o;
  o.words = "Can you";
  o.feed(true, 32ms, true);
  o.feed(true, 600ms);
  EXPECT_EQ(o.held, 32ms + BargeIn::kHold);
}

TEST(BargeIn, OnlyAStopPhraseStopsALegalNotice) {
  Overlap question({.interruptible = false});
  question.words = "Can you tell me about";
  question.feed(true, 2s);
  EXPECT_FALSE(question.stopped);
  EXPECT_FALSE(question.ducked);
  Overlap stop({.interruptible = false});
  stop.words = "Stop.";
  stop.feed(true, 400ms);
  EXPECT_TRUE(stop.stopped);
}

TEST(BargeIn, TheSpeechKindStopsAtItsLengthAndAsksNobody) {
  Overlap o({.kind = BargeInKind::kSpeech, .interrupt_speech = 200ms});
  o.feed(true, 192ms);
  EXPECT_FALSE(o.stopped);
  o.feed(true, 32ms);
  EXPECT_EQ(o.stopped, 224ms);
  EXPECT_EQ(o.questions, 0);
  EXPECT_FALSE(o.ducked);
}

// Whatever comes, a verdict is there in time, and she is never left silent.
TEST(BargeIn, IsAlwaysDecidedInTime) {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    std::mt19937_64 random(seed);
    const auto pick = [&](int low, int high) {
      return std::uniform_int_distribution(low, high)(random);
    };
    Overlap o;
    const char* texts[] = {"", "Uh-huh.", "Friday", "No.", "Tell me more about it"};
    if (pick(0, 3) == 0) {
      o.stt.reset();
    } else {
      o.stt = std::chrono::milliseconds(pick(0, 900));
    }
    Duration held_since{-1};
    for (int i = 0; i < 40; ++i) {
      o.words = texts[pick(0, 4)];
      o.feed(pick(0, 1) == 1, kWindow * pick(1, 5));
      const bool held = o.judge.level() == Level::kHeld && !o.judge.stops();
      if (!held) held_since = Duration{-1};
      if (held && held_since < Duration{}) held_since = o.now;
      if (held) ASSERT_LT(o.now - held_since, BargeIn::kDecide) << seed;
    }
  }
}

}  // namespace
}  // namespace eva::turn
