#include "engine/text/lexicon.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace eva::text {
namespace {

struct Row {
  const char* line;
  const char* error;
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << row.line;
}

class BadLineTest : public testing::TestWithParam<Row> {};

TEST_P(BadLineTest, IsReportedWithItsPlace) {
  const std::string content = "# comment\n" + std::string(GetParam().line) + "\n";
  const Result<Lexicon> lexicon = Lexicon::parse(content, "words.txt");
  ASSERT_FALSE(lexicon.has_value());
  EXPECT_EQ(lexicon.error().code, ErrorCode::kBadInput);
  EXPECT_EQ(lexicon.error().detail, std::string("words.txt:2: ") + GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BadLineTest,
    testing::Values(Row{"Eva", "expected word<TAB>pronunciation"},
                    Row{"two words\tiy1", "'two words' has a space: list each word by itself"},
                    Row{"Eva\t", "expected word<TAB>pronunciation"},
                    Row{"Eva\tiy1 v qq0", "'qq0' is not a phone"},
                    Row{"Eva\tiy v ax0", "vowel 'iy' needs a stress digit 0, 1 or 2"},
                    Row{"Eva\tiy3 v ax0", "vowel 'iy3' needs a stress digit 0, 1 or 2"},
                    Row{"Eva\tiy1 v1 ax0", "consonant 'v1' has a stress digit"},
                    Row{"Eva\t/ˈiːvə", "IPA must stand between two slashes"},
                    Row{"Eva\t/ˈiːvé/", "'é' is not a symbol of the voice"},
                    Row{"Eva\t/ˈi\xFF/", "not valid UTF-8"}));

TEST(LexiconTest, AllBadLinesAreReported) {
  const Result<Lexicon> lexicon = Lexicon::parse("a\nEva\tiy1 v ax0\nb\nEVA\tiy1\n", "w");
  ASSERT_FALSE(lexicon.has_value());
  EXPECT_EQ(lexicon.error().detail,
            "w:1: expected word<TAB>pronunciation\n"
            "w:3: expected word<TAB>pronunciation\n"
            "w:4: 'EVA' is listed twice");
}

TEST(LexiconTest, FindsWithoutRegardToCase) {
  const Result<Lexicon> lexicon = Lexicon::parse("\r\nEva\tiy1 v ax0\r\nX\t/ˈɛks/", "w");
  ASSERT_TRUE(lexicon.has_value());
  EXPECT_EQ(lexicon->size(), 2U);
  ASSERT_NE(lexicon->find("eVA"), nullptr);
  EXPECT_EQ(lexicon->find("eVA")->phones, (std::vector<Phone>{{"iy", 1}, {"v", 0}, {"ax", 0}}));
  EXPECT_EQ(lexicon->find("x")->ipa, "ˈɛks");
  EXPECT_EQ(lexicon->find("other"), nullptr);
}

TEST(LexiconTest, ReadsFiles) {
  const std::filesystem::path file = testing::TempDir() + "eva-lexicon-" + std::to_string(getpid());
  std::ofstream(file) << "Eva\tiy1 v ax0\n";
  const Result<Lexicon> lexicon = Lexicon::read(file);
  ASSERT_TRUE(lexicon.has_value());
  EXPECT_EQ(lexicon->size(), 1U);
  std::filesystem::remove(file);
  const Result<Lexicon> missing = Lexicon::read(file);
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace eva::text
