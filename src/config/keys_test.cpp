#include "config/keys.h"

#include <gtest/gtest.h>

#include <set>

namespace eva::config {
namespace {

TEST(Keys, TableIsWellFormed) {
  std::set<std::string> names;
  std::set<std::string_view> finished;
  std::string_view section;
  for (const Key& key : keys()) {
    const std::string name = full_name(key);
    SCOPED_TRACE(name);
    EXPECT_TRUE(names.insert(name).second);
    EXPECT_FALSE(section_doc(key.section).empty());
    EXPECT_FALSE(key.doc.empty());
    EXPECT_EQ(find_key(name), &key);
    if (key.section != section) {
      EXPECT_TRUE(finished.insert(key.section).second) << "the section is torn apart";
      section = key.section;
    }
    const bool duration = std::holds_alternative<Duration& (*)(Config&)>(key.field);
    EXPECT_EQ(duration, key.name.ends_with("_ms"));
    EXPECT_TRUE(check_value(key, get(Config{}, key))) << "the default is refused";
  }
}

TEST(Keys, Names) {
  const Key& key = *find_key("turn.silence_ms");
  EXPECT_EQ(env_name(key), "EVA_TURN_SILENCE_MS");
  EXPECT_EQ(flag_name(key), "--turn.silence_ms");
  EXPECT_EQ(find_key("turn.silence"), nullptr);
}

TEST(Keys, EveryKeyStoresItsOwnValue) {
  for (const Key& key : keys()) {
    SCOPED_TRACE(full_name(key));
    Config config;
    Value other = get(config, key);
    if (auto* on = std::get_if<bool>(&other)) *on = !*on;
    if (auto* number = std::get_if<std::int64_t>(&other)) *number += 1;
    if (auto* number = std::get_if<double>(&other)) *number += 0.25;
    if (auto* text = std::get_if<std::string>(&other)) *text += "x";
    if (auto* list = std::get_if<std::vector<std::string>>(&other)) list->push_back("x");
    if (std::holds_alternative<std::monostate>(other)) other = parse_value(key, "1").value();
    set(config, key, other);
    EXPECT_EQ(get(config, key), other);
    for (const Key& unchanged : keys()) {
      if (&unchanged != &key) {
        EXPECT_EQ(get(config, unchanged), get(Config{}, unchanged));
      }
    }
  }
}

struct Row {
  const char* key;
  const char* text;
  const char* toml;   // the value read, "" if refused
  const char* error;  // "" if accepted
};

TEST(Keys, ParsesTexts) {
  const Row rows[] = {
      {"server.loops", "4", "4", ""},
      {"server.loops", "-1", "", "server.loops must be a whole number, 0 to 256, not -1"},
      {"server.loops", "4.5", "", "server.loops must be a whole number, 0 to 256, not \"4.5\""},
      {"server.loops", "", "", "server.loops must be a whole number, 0 to 256, not \"\""},
      {"server.loops", "99999999999999999999", "",
       "server.loops must be a whole number, 0 to 256, not \"99999999999999999999\""},
      {"server.web", "false", "false", ""},
      {"server.web", "1", "true", ""},
      {"server.web", "yes", "", "server.web must be true or false, not \"yes\""},
      {"turn.silence_ms", "400", "400", ""},
      {"turn.silence_ms", "5", "",
       "turn.silence_ms must be whole milliseconds, 50 to 10000, not 5"},
      {"turn.silence_ms", "400ms", "",
       "turn.silence_ms must be whole milliseconds, 50 to 10000, not \"400ms\""},
      {"turn.threshold", "0.25", "0.25", ""},
      {"turn.threshold", "nan", "", "turn.threshold must be a number, 0.01 to 0.99, not nan"},
      {"turn.threshold", "1", "", "turn.threshold must be a number, 0.01 to 0.99, not 1.0"},
      {"llm.temperature", "", "\"\"", ""},
      {"llm.temperature", "1", "1.0", ""},
      {"llm.temperature", "hot", "", "llm.temperature must be a number, 0 to 2, not \"hot\""},
      {"llm.max_tokens", "", "\"\"", ""},
      {"llm.max_tokens", "300", "300", ""},
      {"llm.max_tokens", "0", "", "llm.max_tokens must be a whole number, 1 to 1000000, not 0"},
      {"log.level", "warn", "\"warn\"", ""},
      {"log.level", "loud", "", "log.level must be debug|info|warn|error, not \"loud\""},
      {"server.allowed_origins", "https://a.b, http://c:1", "[\"https://a.b\", \"http://c:1\"]",
       ""},
      {"server.allowed_origins", "", "[]", ""},
      {"server.allowed_origins", "a.b", "",
       "server.allowed_origins must be origins like \"https://example.com\" or "
       "\"http://localhost:3000\", without a path"},
      {"session.greeting", "Hi \"there\"", "\"Hi \\\"there\\\"\"", ""},
      {"llm.url", "http://h", "",
       "llm.url must be a base URL that ends in /v1; write \"http://h/v1\""},
      {"llm.key_env", "sk-hunter2", "",
       "llm.key_env must be the name of an environment variable (A-Z, 0-9, _), not the key itself"},
      {"session.language", "english", "",
       "session.language must be a language code like \"en\" or \"de\""},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(row.key) + " = " + row.text);
    const Key& key = *find_key(row.key);
    const auto value = parse_value(key, row.text);
    EXPECT_EQ(value ? to_toml(key, *value) : "", row.toml);
    EXPECT_EQ(value ? "" : value.error().detail, row.error);
    if (!value) {
      EXPECT_EQ(value.error().code, ErrorCode::kBadConfig);
    }
  }
}

TEST(Keys, RefusesNul) {
  const auto value = parse_value(*find_key("session.greeting"), std::string_view("a\0b", 3));
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().detail, "session.greeting must not contain a NUL character");
}

TEST(Keys, TextOfAValueIsReadAsTheValue) {
  Config config;
  config.server.allowed_origins = {"https://a.example", "https://b.example"};
  config.llm.temperature = 0.5;
  config.log.format = LogFormat::kJson;
  for (const Key& key : keys()) {
    const Value value = get(config, key);
    const auto again = parse_value(key, to_text(key, value));
    ASSERT_TRUE(again) << again.error().detail;
    EXPECT_EQ(*again, value) << full_name(key);
  }
}

}  // namespace
}  // namespace eva::config
