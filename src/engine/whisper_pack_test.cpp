#include "engine/whisper_pack.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace eva::engine {
namespace {

nlohmann::json good() {
  return {{"format", 1},
          {"n_mels", 80},
          {"vocabulary", 51865},
          {"text_layers", 6},
          {"text_state", 512},
          {"text_positions", 448},
          {"start_of_transcript", 50258},
          {"end_of_text", 50257},
          {"transcribe", 50359},
          {"no_timestamps", 50363},
          {"no_speech", 50362},
          {"no_speech_threshold", 0.7},
          {"languages", {{"en", 50259}, {"de", 50261}}},
          {"suppress", {1, 2, 7}},
          {"suppress_first", {220, 50257}}};
}

TEST(WhisperPackTest, Reads) {
  const auto pack = parse_whisper_pack(good().dump());
  ASSERT_TRUE(pack) << pack.error().detail;
  EXPECT_EQ(pack->mel_bands, 80);
  EXPECT_EQ(pack->vocabulary, 51865);
  EXPECT_EQ(pack->text_layers, 6);
  EXPECT_EQ(pack->text_state, 512);
  EXPECT_EQ(pack->text_positions, 448);
  EXPECT_EQ(pack->start_of_transcript, 50258);
  EXPECT_EQ(pack->end_of_text, 50257);
  EXPECT_EQ(pack->transcribe, 50359);
  EXPECT_EQ(pack->no_timestamps, 50363);
  EXPECT_EQ(pack->no_speech, 50362);
  EXPECT_EQ(pack->no_speech_threshold, 0.7);
  EXPECT_EQ(pack->languages.at("de"), 50261);
  EXPECT_EQ(pack->suppress, (std::vector<std::int64_t>{1, 2, 7}));
  EXPECT_EQ(pack->suppress_first, (std::vector<std::int64_t>{220, 50257}));
}

TEST(WhisperPackTest, RefusesWhatTheEngineCouldTripOver) {
  const auto code = [](const std::string& json) {
    const auto pack = parse_whisper_pack(json);
    return pack ? std::string("read") : std::string(to_string(pack.error().code));
  };
  const std::string bad(to_string(ErrorCode::kBadConfig));
  EXPECT_EQ(code(""), bad);
  EXPECT_EQ(code("[]"), bad);
  const nlohmann::json complete = good();
  for (const auto& [key, value] : complete.items()) {
    auto without = good();
    without.erase(key);
    EXPECT_EQ(code(without.dump()), bad) << "without " << key;
    auto wrong = good();
    wrong[key] = "text";
    EXPECT_EQ(code(wrong.dump()), bad) << "text as " << key;
    if (!value.is_number_integer()) continue;
    for (const std::int64_t number : {std::int64_t{-1}, std::int64_t{1} << 40}) {
      wrong[key] = number;
      EXPECT_EQ(code(wrong.dump()), bad) << number << " as " << key;
    }
  }
  auto outside = good();
  outside["suppress"] = {51865};
  EXPECT_EQ(code(outside.dump()), bad);
  outside = good();
  outside["languages"]["xx"] = -5;
  EXPECT_EQ(code(outside.dump()), bad);
}

TEST(WhisperPackTest, MissingFolder) {
  const auto pack = read_whisper_pack("/nowhere");
  ASSERT_FALSE(pack);
  EXPECT_EQ(pack.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace eva::engine
