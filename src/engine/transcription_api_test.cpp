#include "engine/transcription_api.h"

#include <gtest/gtest.h>

namespace eva::engine {
namespace {

constexpr const char* kType = "multipart/form-data; boundary=B";

std::string form(std::initializer_list<std::pair<std::string, std::string>> fields) {
  std::string body;
  for (const auto& [name, value] : fields) {
    body += "--B\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
  }
  return body + "--B--\r\n";
}

TEST(TranscriptionApi, ReadsAForm) {
  const std::string body = form({{"model", "whisper-1"},
                                 {"file", "abc"},
                                 {"language", "en"},
                                 {"temperature", "1"},
                                 {"timestamp_granularities[]", "segment"},
                                 {"stream", "false"},
                                 {"response_format", "verbose_json"}});
  const auto parsed = parse_transcription_form(kType, body);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->file, "abc");
  EXPECT_EQ(parsed->language, "en");
  EXPECT_EQ(parsed->format, TranscriptionForm::Format::kVerboseJson);
}

TEST(TranscriptionApi, NamesWhatIsWrong) {
  const struct {
    std::string body;
    const char* param;
  } rows[] = {
      {form({{"model", "whisper-1"}}), "file"},
      {form({{"file", ""}}), "file"},
      {form({{"file", "a"}, {"file", "b"}}), "file"},
      {form({{"file", "a"}, {"response_format", "vtt"}}), "response_format"},
      {form({{"file", "a"}, {"temperature", "-0.1"}}), "temperature"},
      {form({{"file", "a"}, {"temperature", "nan"}}), "temperature"},
      {form({{"file", "a"}, {"temperature", ""}}), "temperature"},
      {form({{"file", "a"}, {"stream", "true"}}), "stream"},
      {"no form", ""},
  };
  for (const auto& row : rows) {
    const auto parsed = parse_transcription_form(kType, row.body);
    ASSERT_FALSE(parsed) << row.body;
    EXPECT_EQ(parsed.error().status, 400) << row.body;
    EXPECT_EQ(parsed.error().param, row.param) << row.body;
  }
}

}  // namespace
}  // namespace eva::engine
