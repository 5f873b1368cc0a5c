#include "engine/text/plain_text.h"

#include <gtest/gtest.h>

#include "engine/text/utf8.h"

namespace eva::text {
namespace {

struct Row {
  const char* text;
  const char* plain;
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << row.text;
}

class PlainTextTest : public testing::TestWithParam<Row> {};

TEST_P(PlainTextTest, IsClean) {
  EXPECT_EQ(plain_text(GetParam().text), GetParam().plain);
}

INSTANTIATE_TEST_SUITE_P(Signs, PlainTextTest,
                         testing::Values(Row{"“don’t” ‘x’", "\"don't\" 'x'"},
                                         Row{"é e\u0301 ß ñ Ø ﬁ", "e e ss n O fi"},
                                         Row{"10 €, 5 £, 3 °", "10 €, 5 £, 3 °"},
                                         Row{"a\u00A0b\u200Bc", "a bc"}, Row{"ｆｕｌｌ", "full"},
                                         Row{"½", "1/2"}, Row{"Привет мир", ""},
                                         Row{"ok 👍🏽 done", "ok    done"},
                                         Row{"a\x01\x7F"
                                             "b",
                                             "a  b"}));

INSTANTIATE_TEST_SUITE_P(
    Markdown, PlainTextTest,
    testing::Values(Row{"**bold** *it* __b__ _i_ ~~s~~ `c`", "bold it b i s c"},
                    Row{"2 * 3 and 2*3 and snake_case", "2 * 3 and 2*3 and snake_case"},
                    Row{"[text](http://a.b/c) ![alt](x.png)", "text alt"},
                    Row{"[**b**](x) [no link]", "b [no link]"},
                    Row{"a <br/> b <i>c</i> 1 < 2", "a   b  c  1 < 2"},
                    Row{"<https://a.b>", "https://a.b"},
                    Row{"# One\n## Two ##\ntext", "One.\nTwo.\ntext"},
                    Row{"#5 is not a heading", "#5 is not a heading"},
                    Row{"- a\n* b\n+ c\n- [x] d", "a.\nb.\nc.\nd"},
                    Row{"> quote\n> more", "quote more"}, Row{"a\n\n---\n\nb", "a.\nb"},
                    Row{"Title\n=====\ntext", "Title.\ntext"},
                    Row{"line one\nline two", "line one line two"}, Row{"\\*no\\*", "*no*"},
                    Row{"a &amp; b &lt;c&gt;", "a & b <c>"}));

TEST(Utf8Test, DropsWhatIsNotValid) {
  EXPECT_EQ(decode_utf8("a\x80\xC3(\xE2\x82\xFE"), U"a(");
  EXPECT_EQ(decode_utf8("\xC0\x80\xE0\x80\x80\xED\xA0\x80\xF4\x90\x80\x80"), U"");
  EXPECT_EQ(decode_utf8("\xF0\x9F\x98\x80\xE2\x82"), U"\U0001F600");
}

TEST(Utf8Test, RoundTrip) {
  const std::string text = "aé€😀";
  std::string again;
  for (const char32_t code : decode_utf8(text)) append_utf8(again, code);
  EXPECT_EQ(again, text);
}

}  // namespace
}  // namespace eva::text
