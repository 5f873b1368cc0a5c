#include "brain/tokens.h"

#include <gtest/gtest.h>

#include <string>

#include "brain/clauses.h"
#include "brain/text.h"

namespace eva::brain {
namespace {

// Tokens parted by '|', with ',' and '.' for their stops.
std::string shown(Tokens tokens) {
  std::string text;
  for (const Token& token : tokens) {
    text += (text.empty() ? "" : "|") + token.text;
    if (token.stop == Token::Stop::kComma) text += ',';
    if (token.stop == Token::Stop::kSentence) text += '.';
  }
  return text;
}

struct Row {
  const char* text;
  const char* tokens;
};

TEST(Tokens, AreReadAsSaid) {
  const Row rows[] = {
      {"What's the time?", "what|is|the|time."},
      {"What\u2019s today\u2019s date?", "what|is|today|date."},
      {"I'm Anna, hi!", "i|am|anna,|hi."},
      {"Twenty-one", "twenty|one"},
      {"5-3", "5|-|3"},
      {"5 - 3", "5|-|3"},
      {"Hello - how are you", "hello|how|are|you"},
      {"1,250.5 and 1,2", "1250.5|and|1,|2"},
      {"It is 3.", "it|is|3."},
      {".5 + 10%", "0.5|+|10|%"},
      {"7x8 = 56", "7|x|8|=|56"},
      {"the 10th of May", "the|10th|of|may"},
      {"Are you an A.I.?", "are|you|an|ai."},
      {"4 p.m.", "4|pm."},
      {"eva.toml", "eva|toml"},
      {"6 \u00F7 2 \u00D7 3 \u2212 1", "6|/|2|*|3|-|1"},
      {"\u201CQuoted\u201D", "quoted"},
      {"caf\u00E9", "caf\u00E9"},
      {"24/7", "24|/|7"},
      {"and/or", "and|or"},
      {"?!", ""},
      {"", ""},
  };
  for (const Row& row : rows)
    EXPECT_EQ(shown(read_transcript(row.text).tokens), row.tokens) << row.text;
}

TEST(Tokens, KnowTheirPlaceInTheSource) {
  const Transcript transcript = read_transcript("Well, I'm  Anna Schmidt!");
  const Tokens all(transcript.tokens);
  EXPECT_EQ(transcript.written(all.subspan(3)), "Anna Schmidt");
  EXPECT_EQ(transcript.written(all.subspan(1, 2)), "I'm");
  EXPECT_TRUE(all[3].capital);
  EXPECT_EQ(transcript.written({}), "");
}

TEST(Tokens, AreLimitedButTheSourceIsNot) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "word ";
  const Transcript transcript = read_transcript(text);
  EXPECT_EQ(transcript.tokens.size(), kTokensMax);
  EXPECT_EQ(transcript.source.size(), text.size());
}

TEST(Text, IsCleaned) {
  EXPECT_EQ(clean_utf8("a\xC3\xA9\xF0\x9F\x98\x80"), "a\u00E9\U0001F600");
  EXPECT_EQ(clean_utf8("a\xFF\xC3z\xC0\x80\xED\xA0\x80\xF4\x90\x80\x80."), "az.");
  EXPECT_EQ(clean_utf8(std::string_view("a\0b\nc\x7F", 6)), "a b c ");
  EXPECT_EQ(clean_utf8("\xE2\x82"), "");
}

TEST(Text, IsCutAtAWord) {
  EXPECT_EQ(cut_at_word("one two three", 20), "one two three");
  EXPECT_EQ(cut_at_word("one two three", 13), "one two three");
  EXPECT_EQ(cut_at_word("one two three", 10), "one two");
  EXPECT_EQ(cut_at_word("one, two", 5), "one");
  EXPECT_EQ(cut_at_word("one two", 3), "one");
  EXPECT_EQ(cut_at_word("abcdefgh", 3), "abc");
  EXPECT_EQ(cut_at_word("\u00E9\u00E9\u00E9", 2), "\u00E9\u00E9");
  EXPECT_EQ(cut_at_word("word", 0), "");
}

TEST(Clauses, BeginWhereARequestBegins) {
  auto split = [](const char* text) {
    const Transcript transcript = read_transcript(text);
    std::string parts;
    for (Tokens clause : split_clauses(transcript.tokens)) {
      parts += (parts.empty() ? "" : " / ") + std::string(transcript.written(clause));
    }
    return parts;
  };
  EXPECT_EQ(split("What time is it? What day is it?"), "What time is it / What day is it");
  EXPECT_EQ(split("My name is Anna, what's yours"), "My name is Anna / what's yours");
  EXPECT_EQ(split("What time is it and what day"), "What time is it / and what day");
  EXPECT_EQ(split("Red, green and blue"), "Red, green and blue");
  EXPECT_EQ(split("?"), "");
}

TEST(Clauses, OpenWithWordsThatAskForNothing) {
  auto opening = [](const char* text) {
    const Transcript transcript = read_transcript(text);
    return opening_words(transcript.tokens, "eva");
  };
  EXPECT_EQ(opening("Hey Eva, can you please count?"), 5u);
  EXPECT_EQ(opening("Good morning, Eva"), 3u);
  EXPECT_EQ(opening("count"), 0u);
  EXPECT_EQ(opening(""), 0u);
}

}  // namespace
}  // namespace eva::brain
