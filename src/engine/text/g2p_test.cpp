// From text to the voice's symbols.
#include "engine/text/g2p.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "engine/text/sentences.h"
#include "engine/text/utf8.h"

namespace eva::text {
namespace {

struct Row {
  const char* written;
  const char* ipa;
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << row.written;
}

class IpaTest : public testing::TestWithParam<Row> {};

TEST_P(IpaTest, SoundsAsExpected) {
  const G2p g2p;
  EXPECT_EQ(g2p.ipa(GetParam().written), GetParam().ipa);
}

INSTANTIATE_TEST_SUITE_P(
    Sentences, IpaTest,
    testing::Values(
        Row{"The quick brown fox jumps over the lazy dog.",
            "ðə kwˈɪk bɹˈaʊn fˈɑːks dʒˈʌmps ˌoʊvɚ ðə lˈeɪzi dˈɔːɡ."},
        Row{"What time does the next train to Chicago leave?",
            "wˌʌt tˈaɪm dˈʌz ðə nˈɛkst tɹˈeɪn tə ʃɪkˈɑːɡoʊ lˈiːv?"},
        Row{"We need apples, oranges, bananas, and a loaf of bread.",
            "wiː nˈiːd ˈæpəlz, ˈɔːɹɪndʒᵻz, bənˈænəz, ænd ɐ lˈoʊf ʌv bɹˈɛd."},
        Row{"Watch out! The stove is still hot!", "wˈɑːtʃ ˈaʊt! ðə stˈoʊv ɪz stˈɪl hˈɑːt!"},
        Row{"She'll say they've won, but I can't believe it's true.",
            "ʃiːl sˈeɪ ðeɪv wˈʌn, bˌʌt aɪ kˈænt bᵻlˈiːv ɪts tɹˈuː."},
        Row{"My favorite little city has a beautiful water fountain.",
            "maɪ fˈeɪvɹᵻt lˈɪɾəl sˈɪɾi hɐz ɐ bjˈuːɾɪfəl wˈɔːɾɚ fˈaʊntɪn."},
        Row{"Is it OK if I turn off the lights in the living room?",
            "ɪz ɪɾ ˌoʊkˈeɪ ɪf aɪ tˈɜːn ˈɔf ðə lˈaɪts ɪnðə lˈɪvɪŋ ɹˈuːm?"},
        Row{"Flight AA 1476 departs from gate B12.",
            "flˈaɪt ˌeɪˈeɪ fˈoːɹtiːn sˈɛvənti sˈɪks dᵻpˈɑːɹts fɹʌm ɡˈeɪt bˈiː twˈɛlv."}));

INSTANTIATE_TEST_SUITE_P(
    Words, IpaTest,
    testing::Values(Row{"the apple", "ðɪ ˈæpəl."}, Row{"the pear", "ðə pˈɛɹ."},
                    Row{"the FBI", "ðɪ ˌɛfbˌiːˈaɪ."}, Row{"to eat", "tʊ ˈiːt."},
                    Row{"of the house", "ʌvðə hˈaʊs."}, Row{"on the bus", "ɔnðə bˈʌs."},
                    Row{"come on", "kˈʌm ˈɔn."}, Row{"cats and dogs", "kˈæts ænd dˈɑːɡz."},
                    Row{"the cat's tail", "ðə kˈæts tˈeɪl."},
                    Row{"the dog's tail", "ðə dˈɔːɡz tˈeɪl."},
                    Row{"the boss's hat", "ðə bˈɑːsᵻz hˈæt."}, Row{"I won't", "aɪ wˈoʊnt."},
                    Row{"two emails", "tˈuː ˈiːmeɪlz."}, Row{"nineteen", "nˈaɪntiːn."},
                    Row{"afternoon", "ˌæftɚnˈuːn."}, Row{"thirty", "θˈɜːɾi."},
                    Row{"mountain", "mˈaʊntɪn."}, Row{"button", "bˈʌʔn̩."},
                    Row{"July 16", "dʒuːlˈaɪ sɪkstˈiːnθ."}, Row{"W", "dˈʌbəljuː."},
                    Row{"Siobhan", "ʃɪvˈɔːn."}, Row{"a resource", "ɐ ɹˈiːsˌoːɹs."}));

INSTANTIATE_TEST_SUITE_P(Ends, IpaTest,
                         testing::Values(Row{"well", "wˈɛl."}, Row{"well,", "wˈɛl,"},
                                         Row{"well:", "wˈɛl."}, Row{"well;", "wˈɛl."},
                                         Row{"well?!", "wˈɛl?"}, Row{"", ""}, Row{"😀", ""},
                                         Row{"(well)", "wˈɛl."}));

TEST(G2pTest, UserLexiconWins) {
  const Result<Lexicon> lexicon =
      Lexicon::parse("Eva\tiy1 v ax0\nGitHub\t/ɡˈɪthˌʌb/\nC++\ts iy1 p l ah2 s\n", "words.txt");
  ASSERT_TRUE(lexicon.has_value());
  const G2p g2p(*lexicon);
  EXPECT_EQ(g2p.ipa("Eva, use github."), "ˈiːvə, jˈuːz ɡˈɪthˌʌb.");
  EXPECT_EQ(g2p.ipa("EVA's C++"), "ˈiːvəz sˈiːplˌʌs.");
  EXPECT_EQ(G2p().ipa("Eva"), "ˈeɪvə.");
}

/// Everything that ipa() may emit: the symbols used here are a part of every en_US Piper voice.
bool is_symbol(char32_t code) {
  constexpr std::u32string_view kSymbols =
      U" !,.:;?abdefhijklmnoprstuvwzæðŋɐɑɔəɚɛɜɡɪɹɾʃʊʌʒʔˈˌːθᵻ\u0329";
  return kSymbols.find(code) != std::u32string_view::npos;
}

std::string random_line(std::mt19937& random) {
  constexpr std::array<const char*, 58> kPieces = {
      " ",    " ",  "a",   "the", "Dr.", "St.", "$",       "3",    "1,000", ".",    ",",   "-",
      "--",   "/",  ":",   "'",   "s",   "%",   "°C",      "€",    "é",     "\xFF", "日",  "😀",
      "**",   "[",  "](",  ")",   "#",   "@",   "www",     ".com", "II",    "NASA", "iOS", "\n",
      "2025", "am", "<b>", "x",   "*",   "=",   "^",       "<",    "e-3",   "²",    "⁻",   "₂",
      "µ",    "Ω",  "α",   "×",   "−",   "$x$", "\\frac{", "\\(",  ":)",    "000"};
  std::uniform_int_distribution<std::size_t> length(0, 40);
  std::uniform_int_distribution<std::size_t> piece(0, kPieces.size() + 7);
  std::uniform_int_distribution<int> byte(0, 255);
  std::string line;
  for (std::size_t i = length(random); i > 0; --i) {
    const std::size_t pick = piece(random);
    if (pick < kPieces.size()) {
      line += kPieces[pick];
    } else {
      line += static_cast<char>(byte(random));
    }
  }
  return line;
}

TEST(G2pTest, SurvivesRandomText) {
  constexpr std::uint32_t kSeed = 20261123;
  std::mt19937 random(kSeed);
  const G2p g2p;
  for (int i = 0; i < 20'000; ++i) {
    const std::string line = random_line(random);
    for (const char32_t code : decode_utf8(g2p.ipa(line))) {
      ASSERT_TRUE(is_symbol(code)) << "line " << i << ": " << line;
    }
    for (const std::string& clause : split_for_speech(line)) {
      ASSERT_FALSE(clause.empty());
    }
  }
}

TEST(G2pTest, SurvivesHugeTokens) {
  const G2p g2p;
  constexpr std::size_t kHuge = 40'000;
  for (const char c : {'a', 'Q', '7', '-', '.', '\'', '[', '<', '*', '\xC3', '@', '/'}) {
    const std::string ipa = g2p.ipa(std::string(kHuge, c));
    for (const char32_t code : decode_utf8(ipa)) ASSERT_TRUE(is_symbol(code)) << c;
  }
}

TEST(G2pTest, ThreadsAgree) {
  const std::vector<std::string> lines = {
      "Dr. Smith paid $3.50 on March 3rd, 2025.", "The record shows that we record lives.",
      "NASA's URL is www.example.com/docs.", "Siobhan and Nguyen met in Albuquerque at 9:00.",
      "It's 72°F; they won't read the lead article."};
  const G2p g2p;
  std::vector<std::string> expected;
  for (const std::string& line : lines) expected.push_back(g2p.ipa(line));

  constexpr int kThreads = 4;
  constexpr int kRounds = 100;
  std::array<int, kThreads> differences{};
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int round = 0; round < kRounds; ++round) {
        for (std::size_t i = 0; i < lines.size(); ++i) {
          if (g2p.ipa(lines[i]) != expected[i]) ++differences[static_cast<std::size_t>(thread)];
        }
      }
    });
  }
  threads.clear();  // joins
  EXPECT_EQ(differences, (std::array<int, kThreads>{}));
}

}  // namespace
}  // namespace eva::text
