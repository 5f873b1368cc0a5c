#include "turn/lexicon.h"

#include <gtest/gtest.h>

namespace eva::turn {
namespace {

using Kind = OverlapWords::Kind;

Kind english(const char* text) {
  return judge_words(text, built_in_lexicon("en")).kind;
}

TEST(Lexicon, BackchannelsAreNoInterruption) {
  for (const char* text :
       {"Uh-huh.", "Mm-hmm.", "Mhm", "Yeah.", "Yeah, yeah.", "Right.", "Oh okay.", "I see.",
        "Okay, got it.", "Oh, that's right.", "Haha.", "Wow, really?"}) {
    EXPECT_EQ(english(text), Kind::kBackchannel) << text;
  }
}

TEST(Lexicon, StopPhrasesStopAtEitherEnd) {
  for (const char* text :
       {"Stop.", "No.", "Wait!", "Hold on.", "Okay, stop.", "Yeah, wait a second.",
        "Stop it please.", "No, I meant Friday.", "Excuse me?", "What was that?"}) {
    EXPECT_EQ(english(text), Kind::kStop) << text;
  }
}

TEST(Lexicon, OtherWordsAreSpeech) {
  EXPECT_EQ(english("I want to know"), Kind::kSpeech);
  EXPECT_EQ(english("Right, but is it open tomorrow"), Kind::kSpeech);
  EXPECT_EQ(judge_words("Yeah, Friday.", built_in_lexicon("en")).words, 1);
  EXPECT_EQ(judge_words("I want to know", built_in_lexicon("en")).words, 4);
}

TEST(Lexicon, SilenceAndPunctuationAreNoWords) {
  EXPECT_EQ(english(""), Kind::kNone);
  EXPECT_EQ(english(" ... "), Kind::kNone);
}

TEST(Lexicon, OtherLanguagesHaveTheirOwnLists) {
  EXPECT_EQ(judge_words("Genau.", built_in_lexicon("de")).kind, Kind::kBackchannel);
  EXPECT_EQ(judge_words("Genau.", built_in_lexicon("en")).kind, Kind::kSpeech);
  EXPECT_EQ(judge_words("Moment mal!", built_in_lexicon("de")).kind, Kind::kStop);
  EXPECT_EQ(judge_words("Attendez", built_in_lexicon("")).kind, Kind::kStop);
  EXPECT_EQ(judge_words("D'accord.", built_in_lexicon("xx")).kind, Kind::kBackchannel);
}

TEST(Lexicon, PhrasesComeFromACommaSeparatedList) {
  const auto phrases = parse_phrases(" Uh-huh,  go on ,, ");
  ASSERT_EQ(phrases.size(), 2u);
  EXPECT_EQ(phrases[0], (Words{"uh", "huh"}));
  EXPECT_EQ(phrases[1], (Words{"go", "on"}));
  EXPECT_TRUE(parse_phrases("").empty());
}

}  // namespace
}  // namespace eva::turn
