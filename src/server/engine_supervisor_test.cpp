#include "server/engine_supervisor.h"

#include <gtest/gtest.h>

#include "config/load.h"

namespace eva::server {
namespace {

TEST(EngineArguments, GiveTheChildTheSettingsInForce) {
  config::Config config;
  config.engine.threads = 3;
  config.engine.listen = "127.0.0.1:9";
  config.engine.lexicon = "/a folder/=words";
  config.models.dir = "/models";
  config.log.level = config::LogLevel::kError;
  config.log.format = config::LogFormat::kJson;

  config::Sources sources;
  sources.env = {{"EVA_ENGINE_THREADS", "7"}, {"EVA_MODELS_MIRROR", "http://example.com"}};
  const auto arguments = engine_arguments(config);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--warnings-told") continue;
    ASSERT_LT(i + 1, arguments.size());
    if (arguments[i] == "--config") {
      sources.file = arguments[++i];
    } else {
      const std::string name = arguments[i].substr(2);
      sources.flags.emplace_back(name, arguments[++i]);
    }
  }
  const auto loaded = config::load(sources);
  ASSERT_TRUE(loaded) << loaded.error().detail;
  EXPECT_EQ(sources.file, "/dev/null");
  for (const config::Key& key : config::keys()) {
    if (config::full_name(key) == "engine.listen") continue;
    EXPECT_EQ(config::get(loaded->config, key), config::get(config, key)) << full_name(key);
  }
  EXPECT_EQ(loaded->config.engine.listen, "") << "the supervisor says where";
}

TEST(WhyFailed, IsWhatReadinessSays) {
  EXPECT_EQ(why_failed(""), "");
  EXPECT_EQ(why_failed("[]"), "");
  EXPECT_EQ(why_failed(R"({"status":7})"), "");
  EXPECT_EQ(why_failed(R"({"status":"loading","missing":{"speech":"loading"}})"), "");
  EXPECT_EQ(why_failed(R"({"status":"failed","missing":{"transcription":"no pack"}})"),
            "transcription: no pack");
  EXPECT_EQ(why_failed(R"({"status":"failed","missing":{"speech":"a","transcription":"b"}})"),
            "speech: a; transcription: b");
  EXPECT_EQ(why_failed(R"({"status":"failed","missing":{"speech":"loading","transcription":"b"}})"),
            "transcription: b");
  EXPECT_EQ(why_failed(R"({"status":"failed","missing":[1]})"),
            "the speech engine does not say why");
}

}  // namespace
}  // namespace eva::server
