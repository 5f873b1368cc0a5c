#include "models/catalogue.h"

#include <gtest/gtest.h>

#include "models/resources.h"

namespace eva::models {
namespace {

TEST(Catalogue, BuiltinIsComplete) {
  const Catalogue& catalogue = Catalogue::builtin();
  std::vector<std::string> names;
  for (const Pack& pack : catalogue.packs()) {
    SCOPED_TRACE(pack.name);
    names.push_back(pack.name);
    EXPECT_FALSE(pack.licence.empty());
    for (const File& file : pack.files) {
      SCOPED_TRACE(file.name);
      ASSERT_EQ(file.sources.size(), 2u);
      EXPECT_TRUE(file.sources[0].url.starts_with("https://"))
          << "the official address comes first";
      EXPECT_FALSE(file.sources[1].pip.empty());
    }
  }
  EXPECT_EQ(names,
            (std::vector<std::string>{"silero-vad-v6", "smart-turn-v3.2", "whisper-tiny.en-int8",
                                      "whisper-base-int8", "piper-en_US-joe-medium"}));
  EXPECT_TRUE(catalogue.find("whisper-tiny.en-int8")->convert_whisper);
  EXPECT_EQ(catalogue.find("whisper-base-int8")->files[0].sources[1].pip.size(), 2u);
  EXPECT_NE(catalogue.find("piper-en_US-joe-medium")->licence_note, "");
  EXPECT_EQ(catalogue.find("whisper"), nullptr);
}

TEST(Catalogue, CarriesTheConverter) {
  for (const char* name :
       {"requirements.txt", "whisper_to_onnx.py", "ctranslate2_file.py", "onnx_graph.py"}) {
    EXPECT_FALSE(resource(name).empty()) << name;
  }
  EXPECT_EQ(resource("other"), "");
}

std::string pack_text(const std::string& key, const std::string& value) {
  std::string text = "[[pack]]\n";
  const std::pair<const char*, const char*> pack[] = {
      {"name", "'p'"},   {"title", "'t'"}, {"kind", "'stt'"},   {"language", "'en'"},
      {"revision", "1"}, {"bytes", "1"},   {"licence", "'MIT'"}};
  for (const auto& [name, usual] : pack) {
    text += std::string(name) + " = " + (key == name ? value : usual) + "\n";
  }
  if (key == "convert") text += "convert = " + value + "\n";
  text += "[[pack.file]]\n";
  const std::string hash = "'" + std::string(64, 'a') + "'";
  const std::pair<const char*, std::string> file[] = {
      {"name", "'f'"}, {"size", "1"}, {"sha256", hash}, {"source", "[{url = 'http://h/f'}]"}};
  for (const auto& [name, usual] : file) {
    text += std::string(name) + " = " + (key == std::string("file.") + name ? value : usual) + "\n";
  }
  return text;
}

TEST(Catalogue, RefusesWhatItCannotTrust) {
  ASSERT_TRUE(Catalogue::parse(pack_text("", "")))
      << Catalogue::parse(pack_text("", "")).error().detail;
  struct Row {
    const char* key;
    const char* value;
    const char* error;
  };
  const Row rows[] = {
      {"name", "'../p'", "catalogue:1: name must be a plain name"},
      {"name", "'.p'", "catalogue:1: name must be a plain name"},
      {"name", "'a/b'", "catalogue:1: name must be a plain name"},
      {"name", "5", "catalogue:1: name must be text"},
      {"bytes", "0", "catalogue:1: bytes must be a positive number"},
      {"revision", "'1'", "catalogue:1: revision must be a positive number"},
      {"convert", "'tts'", "catalogue:1: convert must be \"whisper\""},
      {"file.name", "'..'", "catalogue:9: name must be a plain name"},
      {"file.size", "-1", "catalogue:9: size must be a positive number"},
      {"file.sha256", "'AB'", "catalogue:9: sha256 must be 64 small hex digits"},
      {"file.source", "[]", "catalogue:9: source must be a list of tables"},
      {"file.source", "['x']", "catalogue:9: source must be a list of tables"},
      {"file.source", "[{pip = []}]", "catalogue:13: pip must be a list of tables"},
      {"file.source", "[{pip = [{package = '-r', version = '1', path = 'x'}]}]",
       "catalogue:13: package must be a plain name"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(row.key) + " = " + row.value);
    const auto catalogue = Catalogue::parse(pack_text(row.key, row.value));
    ASSERT_FALSE(catalogue);
    EXPECT_EQ(catalogue.error().detail, row.error);
    EXPECT_EQ(catalogue.error().code, ErrorCode::kBadConfig);
  }
  const auto twice = Catalogue::parse(pack_text("", "") + pack_text("", ""));
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().detail, "catalogue:14: two packs are named p");
  EXPECT_FALSE(Catalogue::parse(""));
  EXPECT_FALSE(Catalogue::parse("[[pack"));
}

}  // namespace
}  // namespace eva::models
