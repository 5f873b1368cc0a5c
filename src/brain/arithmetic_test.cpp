#include "brain/arithmetic.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "brain/number_words.h"

namespace eva::brain {
namespace {

// The value as it is spoken, or why there is none; "none" where no sum was found.
std::string worked_out(const std::string& text) {
  const Transcript transcript = read_transcript(text);
  const auto found = find_calculation(transcript.tokens);
  if (!found) return "none";
  if (!found->value) {
    return found->value.error() == NoResult::kDivisionByZero ? "by zero" : "not real";
  }
  return spoken(*found->value) + (found->percent ? "%" : "");
}

struct Row {
  const char* text;
  const char* value;
};
constexpr Row kRows[] = {
    {"two plus two", "4"},
    {"2 + 2", "4"},
    {"2+2", "4"},
    {"5-3", "2"},
    {"5 - -3", "8"},
    {"-5+3", "minus 2"},
    {"minus five minus minus five", "0"},
    {"negative four times negative two", "8"},
    {"10 less 3", "7"},
    {"ten take away three", "7"},
    {"five multiplied by six", "30"},
    {"6 over 4", "1.5"},
    {"1 divided by 3", "about 0.33"},
    {"2 divided by 3", "about 0.67"},
    {"1/3 + 1/3 + 1/3", "1"},
    {"0.1 + 0.2", "0.3"},
    {"point five plus .25", "0.75"},
    {"three point one four times two", "6.28"},
    {"three and a half times two", "7"},
    {"two and three quarters plus one quarter", "3"},
    {"half of 30", "15"},
    {"a third of ninety nine", "33"},
    {"two thirds of 9", "6"},
    {"half of half of 100", "25"},
    {"twice seven", "14"},
    {"triple 5 plus 1", "16"},
    {"2 + 3 * 4", "14"},
    {"(2 + 3) * 4", "20"},
    {"2 * (3 + (4 - 1))", "12"},
    {"10 - 3 - 2", "5"},
    {"100 / 10 / 2", "5"},
    {"2 ^ 3 ^ 2", "512"},
    {"-2 ^ 2", "minus 4"},
    {"two to the power of minus one", "0.5"},
    {"nine to the power of one half", "about 3"},
    {"2 to the third power", "8"},
    {"2 to the 5th", "32"},
    {"two raised to the power of three", "8"},
    {"three squared plus four squared", "25"},
    {"the square of five plus the cube of 2", "33"},
    {"square root of 9 plus 16", "19"},
    {"the square root of 2.25 times 2", "3"},
    {"the cube root of minus 8 plus 0", "minus 2"},
    {"square root of minus 4", "not real"},
    {"(-8) ^ 0.5", "not real"},
    {"0 to the power of minus 1", "by zero"},
    {"zero divided by five", "0"},
    {"five divided by zero", "by zero"},
    {"1 / (2 - 2)", "by zero"},
    {"5 mod 0", "by zero"},
    {"17 modulo 5", "2"},
    {"5 factorial", "120"},
    {"20 factorial", "2,432,902,008,176,640,000"},
    {"21 factorial", "about 5.11 times 10 to the power of 19"},
    {"10 percent of 80", "8"},
    {"ten per cent of 80", "8"},
    {"7.5% of 200", "15"},
    {"20 percent off 50", "40"},
    {"25% off of 80", "60"},
    {"80 plus 10 percent", "88"},
    {"80 minus 10%", "72"},
    {"5 percent plus 10 percent", "15%"},
    {"200 times 10 percent", "20"},
    {"what percent of 80 is 20", "25%"},
    {"20 is what percent of 80", "25%"},
    {"what percentage of 0 is 3", "by zero"},
    {"the sum of 1 and 2", "3"},
    {"the difference between 3 and 10", "7"},
    {"the product of 6 and 7", "42"},
    {"the quotient of 7 and 2", "3.5"},
    {"add five to three", "8"},
    {"add 5 and 3 plus 2", "10"},
    {"subtract 3 from 10", "7"},
    {"take 3 away from 10", "7"},
    {"multiply 1.5 by 4", "6"},
    {"divide twelve by four", "3"},
    {"1,000,000 times 1,000,000", "1,000,000,000,000"},
    {"9223372036854775807 plus 1", "about 9.22 times 10 to the power of 18"},
    {"99999999999999999999 minus 99999999999999999999", "about 0"},
    {"two plus to", "4"},
    {"won plus ate", "9"},
    {"two and two", "4"},
    // no sums
    {"", "none"},
    {"two", "none"},
    {"plus", "none"},
    {"two plus", "none"},
    {"two plus apple", "none"},
    {"two plus two plus", "none"},
    {"two plus two times", "none"},
    {"5 plus 5 10", "none"},
    {"twenty one", "none"},
    {"half past four", "none"},
    {"a quarter to nine", "none"},
    {"three times a day", "none"},
    {"5 percent", "none"},
    {"what is the square root", "none"},
};

TEST(Arithmetic, WorksOutSums) {
  for (const Row& row : kRows) EXPECT_EQ(worked_out(row.text), row.value) << row.text;
}

TEST(Arithmetic, FindsTheSumAmongOtherWords) {
  const Transcript transcript = read_transcript("So what is two plus two, please?");
  const auto found = find_calculation(transcript.tokens);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->first, 3u);
  EXPECT_EQ(found->count, 3u);
  EXPECT_TRUE(found->noun);
  EXPECT_FALSE(found->misheard);
}

TEST(Arithmetic, NestsThirtyLevelsDeep) {
  auto nested = [](int levels) {
    return std::string(static_cast<std::size_t>(levels), '(') + "1+1" +
           std::string(static_cast<std::size_t>(levels), ')');
  };
  EXPECT_EQ(worked_out(nested(29)), "2");
  EXPECT_NE(worked_out("5 * " + nested(31)), "10");
}

// A sum as a flat list, worked out here in two passes, unlike the parser does it.
struct Term {
  char sign;  // before the operand: + - * /
  std::int64_t operand;
};

long double value_of(const std::vector<Term>& terms) {
  std::vector<long double> products;
  for (const Term& term : terms) {
    const auto operand = static_cast<long double>(term.operand);
    if (term.sign == '*') products.back() *= operand;
    if (term.sign == '/') products.back() /= operand;
    if (term.sign == '+') products.push_back(operand);
    if (term.sign == '-') products.push_back(-operand);
  }
  long double sum = 0;
  for (long double product : products) sum += product;
  return sum;
}

class Renderer {
 public:
  explicit Renderer(std::mt19937& random) : random_(random) {}

  std::string sum(const std::vector<Term>& terms) {
    std::string text = number(terms.front().operand);
    for (const Term& term : std::span(terms).subspan(1)) {
      const std::string operand = number(term.operand);
      const bool dash = operand[0] >= '0' && operand[0] <= '9';  // between words it is no minus
      text += ' ' + (term.sign == '-' && !dash ? "minus" : sign(term.sign)) + ' ' + operand;
    }
    return text;
  }

 private:
  std::string sign(char c) {
    const bool words = random_() % 3 != 0;
    switch (c) {
      case '+':
        return words ? "plus" : "+";
      case '-':
        return words ? "minus" : "-";
      case '*':
        return words ? (random_() % 2 ? "times" : "multiplied by") : (random_() % 2 ? "x" : "*");
      default:
        return words ? (random_() % 2 ? "divided by" : "over") : "/";
    }
  }

  std::string number(std::int64_t n) {
    if (n < 0) return (random_() % 2 ? "minus " : "negative ") + number(-n);
    if (random_() % 2) return number_words(n);
    std::string digits = fmt::format("{}", n);
    if (random_() % 2 && digits.size() > 3) digits = fmt::format("{},{:03}", n / 1000, n % 1000);
    return digits;
  }

  std::mt19937& random_;
};

TEST(Arithmetic, AgreesWithComputedValuesInWordsAndDigits) {
  constexpr unsigned kSeed = 7;
  std::mt19937 random(kSeed);
  Renderer render(random);
  int exact_divisions = 0;
  for (int round = 0; round < 5000; ++round) {
    std::vector<Term> terms;
    bool divides = false;
    for (std::size_t n = 2 + random() % 4; n > 0; --n) {
      Term term{terms.empty() ? '+' : "+-*/"[random() % 4],
                static_cast<std::int64_t>(random() % 20'000) - 2'000};
      if (random() % 2) term.operand %= 30;
      if (term.sign == '/' && term.operand == 0) term.operand = 3;
      divides = divides || term.sign == '/';
      terms.push_back(term);
    }
    const long double expected = value_of(terms);
    const std::string text = render.sum(terms);
    const Transcript transcript = read_transcript(text);
    const auto found = find_calculation(transcript.tokens);
    ASSERT_TRUE(found && found->value) << text;
    EXPECT_EQ(found->count, transcript.tokens.size()) << text;
    if (divides) {
      const long double error = std::abs(found->value->value() - expected);
      EXPECT_LE(error, 1e-9L * std::max(1.0L, std::abs(expected))) << text;
      exact_divisions += found->value->exact();
    } else if (std::abs(expected) < 9e18L) {
      EXPECT_EQ(found->value->whole(), static_cast<std::int64_t>(expected)) << text;
    }
  }
  EXPECT_GT(exact_divisions, 1000);
}

}  // namespace
}  // namespace eva::brain
