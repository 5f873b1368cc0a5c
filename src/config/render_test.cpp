#include "config/render.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "config/toml_file.h"

namespace eva::config {
namespace {

std::string uncommented(const std::string& example) {
  std::istringstream in(example);
  std::string out;
  for (std::string line; std::getline(in, line);) {
    if (line.size() > 1 && line[0] == '#' && line[1] != ' ') line.erase(0, 1);
    out += line + '\n';
  }
  return out;
}

TEST(Example, CommittedFileIsTheGeneratedOne) {
  std::ifstream in("eva.example.toml");  // ctest runs in the source folder
  ASSERT_TRUE(in) << "run from the source folder";
  std::stringstream committed;
  committed << in.rdbuf();
  EXPECT_EQ(committed.str(), render_example()) << "run `eva config --example > eva.example.toml`";
}

TEST(Example, SaysTheDefaults) {
  const auto as_is = parse_text(render_example(), "example");
  ASSERT_TRUE(as_is) << as_is.error().detail;
  EXPECT_TRUE(as_is->empty());

  const auto values = parse_text(uncommented(render_example()), "example");
  ASSERT_TRUE(values) << values.error().detail;
  EXPECT_EQ(values->size(), keys().size());
  for (const FileValue& value : *values) {
    EXPECT_EQ(value.value, get(Config{}, *value.key)) << full_name(*value.key);
  }
}

TEST(Table, ShowsValueAndSource) {
  Sources sources;
  sources.env = {{"HOME", "/home/me"}, {"EVA_API_KEYS", "a,b"}, {"EVA_CONFIG", "/dev/null"}};
  sources.flags = {{"turn.silence_ms", "400"}, {"session.greeting", "\x1b[31mHi"}};
  const auto loaded = load(sources);
  ASSERT_TRUE(loaded) << loaded.error().detail;
  std::istringstream table(render_table(*loaded));
  std::vector<std::string> lines;
  for (std::string line; std::getline(table, line);) lines.push_back(line);
  EXPECT_EQ(lines.size(), keys().size() + 4);  // and the four secrets
  const auto line_of = [&](const std::string& key) {
    for (const std::string& line : lines) {
      if (line.starts_with(key + " ")) return line;
    }
    return std::string();
  };
  EXPECT_TRUE(line_of("turn.silence_ms").ends_with("--turn.silence_ms"));
  EXPECT_NE(line_of("turn.silence_ms").find("  400  "), std::string::npos);
  EXPECT_TRUE(line_of("server.listen").ends_with("default"));
  EXPECT_NE(line_of("server.api_keys").find("(2 set)"), std::string::npos);
  EXPECT_TRUE(line_of("server.api_keys").ends_with("EVA_API_KEYS"));
  EXPECT_TRUE(line_of("llm.key").ends_with("(not set)"));
  EXPECT_NE(line_of("session.instructions").find("..."), std::string::npos);
  EXPECT_NE(line_of("session.greeting").find("\\u001B[31mHi"), std::string::npos);
}

}  // namespace
}  // namespace eva::config
