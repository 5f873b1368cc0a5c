#include "config/toml_file.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace eva::config {
namespace {

TEST(ParseText, GivesValuesWithLines) {
  const auto values = parse_text(
      "# mine\n[turn]\nsilence_ms = 400\nthreshold = 0.25\n[server]\nallowed_origins = [\"*\"]\n"
      "[llm]\ntemperature = 1\nmax_tokens = \"\"\n[log]\nlevel = \"warn\"\n",
      "eva.toml");
  ASSERT_TRUE(values) << values.error().detail;
  std::vector<std::string> seen;
  for (const FileValue& value : *values) {
    seen.push_back(full_name(*value.key) + "=" + to_toml(*value.key, value.value) + "@" +
                   std::to_string(value.line));
  }
  EXPECT_EQ(seen,
            (std::vector<std::string>{"llm.max_tokens=\"\"@9", "llm.temperature=1.0@8",
                                      "log.level=\"warn\"@11", "server.allowed_origins=[\"*\"]@6",
                                      "turn.silence_ms=400@3", "turn.threshold=0.25@4"}));
}

TEST(ParseText, AcceptsDottedKeysAndNothing) {
  ASSERT_TRUE(parse_text("", "f"));
  const auto values = parse_text("turn.silence_ms = 400", "f");
  ASSERT_TRUE(values);
  EXPECT_EQ(values->at(0).line, 1);
}

struct Row {
  const char* toml;
  const char* error;
};

TEST(ParseText, TellsEveryMistake) {
  const Row rows[] = {
      {"[trun]\nsilence_ms = 1", "f:1: unknown section [trun]; did you mean [turn]?"},
      {"[database]", "f:1: unknown section [database]"},
      {"[\"\\u001b[31m\"]", "f:1: unknown section [\\u001B[31m]"},
      {"[turn]\nsilense_ms = 400",
       "f:2: unknown key turn.silense_ms; did you mean turn.silence_ms?"},
      {"[turn]\nsilence = 400", "f:2: unknown key turn.silence; did you mean turn.silence_ms?"},
      {"[turn]\ntemperature = 1",
       "f:2: unknown key turn.temperature; did you mean llm.temperature?"},
      {"[turn]\nzzzzzzzzzzzz = 1", "f:2: unknown key turn.zzzzzzzzzzzz"},
      {"[llm]\napi_key = \"sk-hunter2\"",
       "f:2: unknown key llm.api_key; keep the key out of the file: name a variable with key_env, "
       "or "
       "a file with key_file"},
      {"silence_ms = 400", "f:1: silence_ms stands outside a section; put it under [turn]"},
      {"hello = 1", "f:1: \"hello\" stands outside a section; see `eva config --example`"},
      {"turn = 5", "f:1: \"turn\" stands outside a section; see `eva config --example`"},
      {"[turn]\nsilence_ms = \"400\"",
       "f:2: turn.silence_ms must be whole milliseconds, 50 to 10000, not \"400\""},
      {"[turn]\nsilence_ms = 400.0",
       "f:2: turn.silence_ms must be whole milliseconds, 50 to 10000, not 400"},
      {"[turn]\nsilence_ms = 1",
       "f:2: turn.silence_ms must be whole milliseconds, 50 to 10000, not 1"},
      {"[turn]\nsilence_ms = true",
       "f:2: turn.silence_ms must be whole milliseconds, 50 to 10000, not true"},
      {"[turn]\nthreshold = nan", "f:2: turn.threshold must be a number, 0.01 to 0.99, not nan"},
      {"[turn]\nthreshold = [0.5]",
       "f:2: turn.threshold must be a number, 0.01 to 0.99, not a list"},
      {"[turn.threshold]\na = 1",
       "f:1: turn.threshold must be a number, 0.01 to 0.99, not a table"},
      {"[server]\nweb = 1", "f:2: server.web must be true or false, not 1"},
      {"[server]\nlisten = 8000", "f:2: server.listen must be text, not 8000"},
      {"[server]\nlisten = 1979-05-27", "f:2: server.listen must be text, not a date or time"},
      {"[server]\nallowed_origins = \"*\"",
       "f:2: server.allowed_origins must be a list of texts, not \"*\""},
      {"[server]\nallowed_origins = [\"*\", 1]",
       "f:2: server.allowed_origins must be a list of texts, not a list"},
      {"[log]\nlevel = \"loud\"", "f:2: log.level must be debug|info|warn|error, not \"loud\""},
      {"[log]\nlevel = 1", "f:2: log.level must be debug|info|warn|error, not 1"},
      {"[stt]\nurl = \"http://h\"",
       "f:2: stt.url must be a base URL that ends in /v1; write \"http://h/v1\""},
      {"[turn]\nsilence_ms = 1\n[trun]\n[log]\nlevel = 1",
       "f:2: turn.silence_ms must be whole milliseconds, 50 to 10000, not 1\n"
       "f:3: unknown section [trun]; did you mean [turn]?\n"
       "f:5: log.level must be debug|info|warn|error, not 1"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.toml);
    const auto values = parse_text(row.toml, "f");
    ASSERT_FALSE(values);
    EXPECT_EQ(values.error().detail, row.error);
    EXPECT_EQ(values.error().code, ErrorCode::kBadConfig);
    EXPECT_EQ(values.error().detail.find("hunter2"), std::string::npos);
  }
}

TEST(ParseText, PlacesSyntaxErrors) {
  for (const char* toml : {"[turn]\nsilence_ms =", "[turn]\n[turn", "a\nb", "[turn]\n\xff = 1",
                           "[turn]\nsilence_ms = 400\nsilence_ms = 500"}) {
    const auto values = parse_text(toml, "f");
    ASSERT_FALSE(values) << toml;
    EXPECT_TRUE(values.error().detail.starts_with("f:")) << values.error().detail;
    EXPECT_EQ(values.error().code, ErrorCode::kBadConfig);
  }
}

TEST(ParseText, SurvivesHostileText) {
  const std::string deep = "a = " + std::string(100'000, '[');
  const auto nested = parse_text(deep, "f");
  ASSERT_FALSE(nested);
  const auto large = parse_text(std::string(kFileBytesMax + 1, '#'), "f");
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().detail, "f: larger than 1 MiB; this is no settings file");
  EXPECT_TRUE(parse_text(std::string(kFileBytesMax, '#'), "f"));

  std::string many;
  for (int i = 0; i < 1000; ++i) many += "x" + std::to_string(i) + " = 1\n";
  const auto mistakes = parse_text(many, "f");
  ASSERT_FALSE(mistakes);
  EXPECT_EQ(std::ranges::count(mistakes.error().detail, '\n'), 9);  // ten lines
}

}  // namespace
}  // namespace eva::config
