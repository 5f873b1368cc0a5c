#include "engine/speech_api.h"

#include <gtest/gtest.h>

namespace eva::engine {
namespace {

TEST(SpeechApi, ReadsARequestAndItsDefaults) {
  const auto least = parse_speech_request(R"({"input":"Hi"})");
  ASSERT_TRUE(least) << least.error().message;
  EXPECT_EQ(least->input, "Hi");
  EXPECT_EQ(least->voice, "");
  EXPECT_EQ(least->format, SpeechRequest::Format::kPcm);
  EXPECT_EQ(least->speed, 1.0);

  const auto most = parse_speech_request(
      R"({"model":"tts-1","input":"Hi","voice":"joe","response_format":"wav","speed":4,
          "stream_format":"audio","instructions":"be kind","other":[1]})");
  ASSERT_TRUE(most) << most.error().message;
  EXPECT_EQ(most->voice, "joe");
  EXPECT_EQ(most->format, SpeechRequest::Format::kWav);
  EXPECT_EQ(most->speed, 4.0);
}

TEST(SpeechApi, CountsCharactersNotBytes) {
  std::string longest;
  for (std::size_t i = 0; i < kMaxSpeechCharacters; ++i) longest += "ä";
  EXPECT_TRUE(parse_speech_request("{\"input\":\"" + longest + "\"}"));
  EXPECT_FALSE(parse_speech_request("{\"input\":\"" + longest + "a\"}"));
}

TEST(SpeechApi, NamesWhatIsWrong) {
  const struct {
    std::string body;
    int status;
    const char* param;
  } rows[] = {
      {"", 400, ""},
      {"[]", 400, ""},
      {"{\"input\":\"\xFF\"}", 400, ""},
      {"{\"input\":" + std::string(100, '[') + std::string(100, ']') + "}", 400, ""},
      {"{\"input\":\"" + std::string(70'000, 'a') + "\"}", 413, ""},
      {R"({})", 400, "input"},
      {R"({"input":""})", 400, "input"},
      {R"({"input":7})", 400, "input"},
      {R"({"input":"a","voice":{"id":"x"}})", 400, "voice"},
      {R"({"input":"a","response_format":"mp3"})", 400, "response_format"},
      {R"({"input":"a","response_format":1})", 400, "response_format"},
      {R"({"input":"a","stream_format":"sse"})", 400, "stream_format"},
      {R"({"input":"a","speed":0.2})", 400, "speed"},
      {R"({"input":"a","speed":4.1})", 400, "speed"},
      {R"({"input":"a","speed":"1"})", 400, "speed"},
  };
  for (const auto& row : rows) {
    const auto request = parse_speech_request(row.body);
    ASSERT_FALSE(request) << row.body.substr(0, 60);
    EXPECT_EQ(request.error().status, row.status) << row.body.substr(0, 60);
    EXPECT_EQ(request.error().param, row.param) << row.body.substr(0, 60);
  }
}

}  // namespace
}  // namespace eva::engine
