#include "config/load.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "config/render.h"

namespace eva::config {
namespace {

namespace fs = std::filesystem;

class LoadTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        fs::temp_directory_path() / ("eva-config-" + std::to_string(getpid()) + "-" +
                                     testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
    sources_.env["HOME"] = folder_.string();
    sources_.file = write("empty.toml", "");
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path write(const std::string& name, const std::string& text, mode_t mode = 0600) {
    const fs::path file = folder_ / name;
    std::ofstream(file) << text;
    chmod(file.c_str(), mode);
    return file;
  }
  std::string settings(const std::string& text) {
    sources_.file = write("eva.toml", text);
    return sources_.file->string();
  }
  std::string error() const {
    const auto loaded = load(sources_);
    return loaded ? "no error" : loaded.error().detail;
  }

  fs::path folder_;
  Sources sources_;
};

TEST_F(LoadTest, DefaultsAreTheStructs) {
  const auto loaded = load(sources_);
  ASSERT_TRUE(loaded) << loaded.error().detail;
  for (const Key& key : keys()) {
    EXPECT_EQ(loaded->from.at(full_name(key)), "default");
    if (full_name(key) == "models.dir") continue;
    EXPECT_EQ(get(loaded->config, key), get(Config{}, key)) << full_name(key);
  }
  EXPECT_EQ(loaded->config.models.dir, folder_.string() + "/.cache/eva/models");
  EXPECT_TRUE(loaded->warnings.empty());
}

TEST_F(LoadTest, FlagBeatsVariableBeatsFileBeatsDefault) {
  const std::string file = settings(
      "[turn]\nsilence_ms = 600\nmin_speech_ms = 100\n"
      "interrupt_ms = 300\n");
  sources_.env["EVA_TURN_SILENCE_MS"] = "700";
  sources_.env["EVA_TURN_MIN_SPEECH_MS"] = "110";
  sources_.flags = {{"turn.silence_ms", "800"}};
  const auto loaded = load(sources_);
  ASSERT_TRUE(loaded) << loaded.error().detail;
  EXPECT_EQ(loaded->config.turn.silence, 800ms);
  EXPECT_EQ(loaded->from.at("turn.silence_ms"), "--turn.silence_ms");
  EXPECT_EQ(loaded->config.turn.min_speech, 110ms);
  EXPECT_EQ(loaded->from.at("turn.min_speech_ms"), "EVA_TURN_MIN_SPEECH_MS");
  EXPECT_EQ(loaded->config.turn.interrupt, 300ms);
  EXPECT_EQ(loaded->from.at("turn.interrupt_ms"), file + ":4");
  EXPECT_EQ(loaded->config.turn.prefix_padding, 300ms);
  EXPECT_EQ(loaded->from.at("turn.prefix_padding_ms"), "default");
  EXPECT_EQ(loaded->file, file);
}

TEST_F(LoadTest, LastFlagWins) {
  sources_.flags = {{"turn.silence_ms", "800"}, {"turn.silence_ms", "900"}};
  EXPECT_EQ(load(sources_)->config.turn.silence, 900ms);
}

TEST_F(LoadTest, TellsBadVariablesAndFlagsTogether) {
  sources_.env["EVA_TURN_SILENCE_MS"] = "long";
  sources_.flags = {{"turn.silense_ms", "800"}, {"log.level", "loud"}, {"zzzzzzzz", ""}};
  EXPECT_EQ(error(),
            "EVA_TURN_SILENCE_MS: turn.silence_ms must be whole milliseconds, 50 to 10000, not "
            "\"long\"\n"
            "unknown flag --turn.silense_ms; did you mean --turn.silence_ms?\n"
            "--log.level: log.level must be debug|info|warn|error, not \"loud\"\n"
            "unknown flag --zzzzzzzz");
}

TEST_F(LoadTest, WarnsOfUnknownVariables) {
  sources_.env["EVA_TURN_SILENCE"] = "5";
  sources_.env["EVA_API_KEYS"] = "a,b";
  sources_.env["EVA_XXXXXXXXXXXXXXXXXXXXXX"] = "secret";
  sources_.env["OTHER"] = "5";
  const auto loaded = load(sources_);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->warnings,
            (std::vector<std::string>{
                "unknown variable EVA_TURN_SILENCE; did you mean EVA_TURN_SILENCE_MS?",
                "unknown variable EVA_XXXXXXXXXXXXXXXXXXXXXX"}));
}

TEST_F(LoadTest, FileMustExistWhenNamed) {
  sources_.file = folder_ / "none.toml";
  const auto loaded = load(sources_);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(loaded.error().detail, "cannot read the settings file " + sources_.file->string() +
                                       ": No such file or directory");
  sources_.file = folder_;
  EXPECT_EQ(error(), "cannot read the settings file " + folder_.string() + ": it is a folder");
}

TEST_F(LoadTest, FindsTheFile) {
  EXPECT_EQ(find_file({{"EVA_CONFIG", "/nowhere/x.toml"}}), "/nowhere/x.toml");
  fs::create_directories(folder_ / "eva");
  fs::create_directories(folder_ / ".config/eva");
  write("eva/eva.toml", "");
  write(".config/eva/eva.toml", "");
  if (fs::exists("eva.toml")) GTEST_SKIP() << "a settings file lies in the working folder";
  EXPECT_EQ(find_file({{"XDG_CONFIG_HOME", folder_.string()}}), folder_ / "eva/eva.toml");
  EXPECT_EQ(find_file({{"HOME", folder_.string()}}), folder_ / ".config/eva/eva.toml");
}

TEST_F(LoadTest, FileErrorsPassThrough) {
  const std::string file = settings("[turn]\nsilense_ms = 1\n");
  EXPECT_EQ(error(), file + ":2: unknown key turn.silense_ms; did you mean turn.silence_ms?");
}

TEST_F(LoadTest, RulesBetweenKeys) {
  struct Row {
    const char* toml;
    const char* error;  // {} is the file
  };
  const Row rows[] = {
      {"[turn]\nsilence_ms = 300\nstt_after_ms = 400",
       "{}:3: turn.stt_after_ms (400) must be at most turn.silence_ms (300): recognition starts "
       "before the turn ends"},
      {"[turn]\nmax_turn_ms = 1000\nsilence_ms = 950",
       "{}:2: turn.max_turn_ms (1000) must be at least turn.silence_ms + turn.min_speech_ms "
       "(1046)"},
      {"[turn]\nmax_turn_ms = 2000\n[limits]\ninput_buffer_ms = 1000",
       "{}:4: limits.input_buffer_ms (1000) must be at least turn.max_turn_ms (2000)"},
      {"[llm]\nurl = \"http://localhost:1/v1\"",
       "llm.model must name a model of the server at llm.url"},
      {"[stt]\nurl = \"http://localhost:1/v1\"\nmodel = \"\"",
       "{}:3: stt.model must name a model of the server at stt.url"},
      {"[tts]\nurl = \"http://localhost:1/v1\"\nmodel = \"\"",
       "{}:3: tts.model must name a model of the server at tts.url"},
      {"[llm]\nkey_env = \"A\"\nkey_file = \"b\"",
       "{}:3: llm.key_file must not be set together with llm.key_env: one key is enough"},
      {"[llm]\nurl = \"http://localhost:1/v1\"\nmodel = \"m\"\nkey_env = \"NO_KEY\"",
       "{}:4: llm.key_env must name a variable that holds the API key, but NO_KEY is not set"},
      {"[server]\napi_keys_file = \"/nowhere/keys\"",
       "{}:2: server.api_keys_file must name a readable file of API keys: No such file or "
       "directory"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.toml);
    const std::string file = settings(row.toml);
    std::string wanted = row.error;
    if (wanted.starts_with("{}")) wanted.replace(0, 2, file);
    EXPECT_EQ(error(), wanted);
  }
}

TEST_F(LoadTest, EarlyRecognitionFollowsAShorterSilence) {
  settings("[turn]\nsilence_ms = 80\n");
  const auto loaded = load(sources_);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->config.turn.stt_after, 80ms);
  EXPECT_EQ(loaded->from.at("turn.stt_after_ms"), "default, at most turn.silence_ms");
}

TEST_F(LoadTest, PathsKnowTheHomeFolder) {
  settings("[models]\ndir = \"~/m\"\n[engine]\nlexicon = \"/abs/l\"\n");
  const auto loaded = load(sources_);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->config.models.dir, folder_.string() + "/m");
  EXPECT_EQ(loaded->config.engine.lexicon, "/abs/l");

  settings("");
  sources_.env["XDG_CACHE_HOME"] = "/cache";
  EXPECT_EQ(load(sources_)->config.models.dir, "/cache/eva/models");
  sources_.env["EVA_MODELS_DIR"] = "/srv/models";
  EXPECT_EQ(load(sources_)->config.models.dir, "/srv/models");
  sources_.env = {};
  EXPECT_EQ(error(), "models.dir must be set, because neither HOME nor XDG_CACHE_HOME is");
}

TEST_F(LoadTest, SecretsAreResolvedAndNeverShown) {
  const fs::path keys = write("keys", "# ours\n\nkeyA-hunter2\n  keyB-hunter2 \n");
  const fs::path stt_key = write("stt", "stt-hunter2\n", 0644);
  settings("[server]\napi_keys_file = \"" + keys.string() +
           "\"\n[llm]\nurl = \"http://example.com/v1\"\nmodel = \"m\"\nkey_env = \"LLM_KEY\"\n"
           "[stt]\nurl = \"http://127.0.0.1:1/v1\"\nkey_file = \"" +
           stt_key.string() + "\"\n[tts]\nkey_env = \"UNUSED\"\n");
  sources_.env["LLM_KEY"] = "llm-hunter2";
  sources_.env["EVA_API_KEYS"] = " keyC-hunter2, ";
  const auto loaded = load(sources_);
  ASSERT_TRUE(loaded) << loaded.error().detail;
  ASSERT_EQ(loaded->config.server.api_keys.size(), 3u);
  EXPECT_EQ(loaded->config.server.api_keys[0].reveal(), "keyA-hunter2");
  EXPECT_EQ(loaded->config.server.api_keys[1].reveal(), "keyB-hunter2");
  EXPECT_EQ(loaded->config.server.api_keys[2].reveal(), "keyC-hunter2");
  EXPECT_EQ(loaded->config.llm.key.reveal(), "llm-hunter2");
  EXPECT_EQ(loaded->config.stt.key.reveal(), "stt-hunter2");
  EXPECT_TRUE(loaded->config.tts.key.empty());
  EXPECT_EQ(loaded->secrets_from.at("server.api_keys"), keys.string() + ", EVA_API_KEYS");
  EXPECT_EQ(loaded->secrets_from.at("llm.key"), "LLM_KEY");
  EXPECT_EQ(loaded->warnings,
            (std::vector<std::string>{
                "every user of this machine can read the file of stt.key_file; chmod 600 it",
                "tts.key_env is not used because tts.url is empty",
                "llm.url sends its API key to example.com unencrypted; use https:// where "
                "possible"}));
  EXPECT_EQ(render_table(*loaded).find("hunter2"), std::string::npos);
  EXPECT_EQ(fmt::format("{}", loaded->config.llm.key), "***");
}

TEST_F(LoadTest, KeyFilesMustHoldKeys) {
  const std::string start =
      "--server.api_keys_file: server.api_keys_file must name a readable file "
      "of API keys: ";
  const auto with = [&](const std::string& text) {
    sources_.flags = {{"server.api_keys_file", write("keys", text).string()}};
    return error();
  };
  EXPECT_EQ(with("# nothing\n"), start + "there is no key in it");
  EXPECT_EQ(with("one two-hunter2\n"),
            start + "a line holds more than one word; write one key per line");
  EXPECT_EQ(with(std::string(1024 * 1024 + 1, 'a')), start + "it is larger than 1048576 bytes");
}

TEST_F(LoadTest, AnEmptyListOfKeysIsAMistake) {
  for (const char* empty : {"", " , ", ",,"}) {
    sources_.env["EVA_API_KEYS"] = empty;
    EXPECT_EQ(error(),
              "EVA_API_KEYS is set but holds no key: give it keys, separated by commas, or unset "
              "it to ask for none");
  }
  sources_.flags = {{"server.api_keys_file", write("keys", "k\n").string()}};
  EXPECT_NE(error(), "no error") << "the keys that did not arrive are missed all the same";
}

TEST_F(LoadTest, WarnsOfAnOpenDoor) {
  settings("[server]\nlisten = \"0.0.0.0:8000\"\n");
  EXPECT_EQ(load(sources_)->warnings.at(0),
            "server.listen is 0.0.0.0:8000, and no API key is set: everybody who reaches this "
            "address may use it; set server.api_keys_file or EVA_API_KEYS");
  sources_.env["EVA_API_KEYS"] = "k";
  EXPECT_TRUE(load(sources_)->warnings.empty());
}

template <typename T>
concept Streamable = requires(std::ostream& out, T value) {
  out << value;
};

TEST(Secret, CannotBeStreamed) {
  EXPECT_FALSE(Streamable<Secret>);
  EXPECT_TRUE(Streamable<std::string>);
}

}  // namespace
}  // namespace eva::config
