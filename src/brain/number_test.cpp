#include "brain/number.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "brain/number_words.h"

namespace eva::brain {
namespace {

struct SpokenRow {
  Number number;
  const char* spoken;
};

TEST(Number, IsSpokenForTheEar) {
  const SpokenRow rows[] = {
      {Number(0), "0"},
      {Number(-5), "minus 5"},
      {Number(999), "999"},
      {Number(1250), "1,250"},
      {Number(-1'234'567), "minus 1,234,567"},
      {Number(std::numeric_limits<std::int64_t>::min()),
       "about minus 9.22 times 10 to the power of 18"},
      {Number::fraction(5, 2), "2.5"},
      {Number::fraction(-1, 8), "minus 0.125"},
      {Number::fraction(1, 10'000), "0.0001"},
      {Number::fraction(5001, 4), "1,250.25"},
      {Number::fraction(10, 3), "about 3.33"},
      {Number::fraction(-10, 3), "about minus 3.33"},
      {Number::fraction(1, 300), "about 0.0033"},
      {Number::fraction(9'999'999, 3'000'001), "about 3.33"},
      {Number::fraction(1, 3'000'000), "about 3.33 times 10 to the power of minus 7"},
      {Number::fraction(2'999'999, 3'000'000), "about 1"},
      {Number::approximation(0), "about 0"},
      {Number::approximation(1234.5678), "about 1,234.57"},
      {Number::approximation(9.999e20), "about 1 times 10 to the power of 21"},
      {Number::approximation(INFINITY), ""},
      {Number::approximation(NAN), ""},
  };
  for (const SpokenRow& row : rows) EXPECT_EQ(spoken(row.number), row.spoken);
}

TEST(Number, StaysExactUntilItDoesNotFit) {
  const Number big(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ((big + Number(0)).whole(), std::numeric_limits<std::int64_t>::max());
  EXPECT_FALSE((big + Number(1)).exact());
  EXPECT_FALSE((big * big).exact());
  EXPECT_FALSE((Number(std::numeric_limits<std::int64_t>::min()) * Number(-1)).exact());
  EXPECT_EQ((Number(1) / Number(3) * Number(3)).whole(), 1);
  EXPECT_EQ((Number(6) / Number(-3)).whole(), -2);
  EXPECT_EQ(root(Number::fraction(9, 4), 2).value(), 1.5);
  EXPECT_TRUE(root(Number(144), 2).exact());
  EXPECT_FALSE(root(Number(145), 2).exact());
  EXPECT_EQ(root(Number(27), 3).whole(), 3);
  EXPECT_EQ(power(Number(2), Number(62))->whole(), std::int64_t{1} << 62);
  EXPECT_FALSE(power(Number(2), Number(64))->exact());
  EXPECT_EQ(power(Number(-1), Number(1001))->whole(), -1);
  EXPECT_EQ(power(Number(0), Number(0))->whole(), 1);
  EXPECT_FALSE(power(Number(0), Number(-2)));
  EXPECT_FALSE(power(Number(-2), Number::fraction(1, 2)));
  EXPECT_FALSE(Number::from_digits("123456789012345678901234567890").exact());
  EXPECT_EQ(Number::from_digits("0.50").value(), 0.5);
}

struct ReadRow {
  const char* text;
  double value;
  std::size_t tokens;  // taken from the front; 0: no number
};

TEST(NumberWords, AreRead) {
  const ReadRow rows[] = {
      {"zero", 0, 1},
      {"seven", 7, 1},
      {"nineteen", 19, 1},
      {"twenty one", 21, 2},
      {"twenty-one", 21, 2},
      {"fourty two", 42, 2},
      {"a hundred", 100, 2},
      {"one hundred and five", 105, 4},
      {"nine hundred ninety nine", 999, 4},
      {"twelve hundred", 1200, 2},
      {"one thousand two hundred and fifty", 1250, 6},
      {"twelve thousand three hundred forty five", 12345, 6},
      {"two hundred thousand and one", 200001, 5},
      {"one million two hundred thousand", 1.2e6, 5},
      {"three hundred million", 3e8, 3},
      {"2.5 million", 2.5e6, 2},
      {"two point five million", 2.5e6, 4},
      {"3 thousand 500", 3500, 3},
      {"1,250", 1250, 1},
      {"1,250.75", 1250.75, 1},
      {"12,34", 12, 1},
      {"point five", 0.5, 2},
      {".5", 0.5, 1},
      {"zero point zero five", 0.05, 4},
      {"three point one four one five", 3.1415, 6},
      {"three point 14", 3.14, 3},
      {"half", 0.5, 1},
      {"a half", 0.5, 2},
      {"three quarters", 0.75, 2},
      {"two and a half", 2.5, 4},
      {"two hundred and a half", 200.5, 5},
      {"two dozen", 24, 2},
      {"a dozen", 12, 2},
      {"five and six", 5, 1},
      {"five six", 5, 1},
      {"twenty twenty", 20, 1},
      {"three point", 3, 1},
      {"a", 0, 0},
      {"and five", 0, 0},
      {"point", 0, 0},
      {"apple", 0, 0},
      {"to", 0, 0},
      {"", 0, 0},
  };
  for (const ReadRow& row : rows) {
    const Transcript transcript = read_transcript(row.text);
    const auto number = read_number(transcript.tokens);
    ASSERT_EQ(number.has_value(), row.tokens > 0) << row.text;
    if (!number) continue;
    EXPECT_DOUBLE_EQ(number->value.value(), row.value) << row.text;
    EXPECT_EQ(number->tokens, row.tokens) << row.text;
  }
}

TEST(NumberWords, AreWritten) {
  EXPECT_EQ(number_words(0), "zero");
  EXPECT_EQ(number_words(10), "ten");
  EXPECT_EQ(number_words(42), "forty-two");
  EXPECT_EQ(number_words(100), "one hundred");
  EXPECT_EQ(number_words(-1205), "minus one thousand two hundred five");
  EXPECT_EQ(number_words(1'000'000), "one million");
}

TEST(NumberWords, ReadingGivesBackWhatWasWritten) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 5000; ++round) {
    const auto value =
        static_cast<std::int64_t>(random() % 1'000'000'000'000'000 >> (random() % 50));
    const Transcript transcript = read_transcript(number_words(value));
    const auto number = read_number(transcript.tokens);
    ASSERT_TRUE(number) << transcript.source;
    EXPECT_EQ(number->value.whole(), value) << transcript.source;
    EXPECT_EQ(number->tokens, transcript.tokens.size()) << transcript.source;
  }
}

}  // namespace
}  // namespace eva::brain
