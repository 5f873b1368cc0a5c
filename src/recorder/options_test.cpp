#include "recorder/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "recorder/host_settings.h"

namespace eva::recorder {
namespace {

std::string complaint(void (*change)(RecorderOptions&)) {
  RecorderOptions options;
  change(options);
  const auto result = check_options(options);
  return result ? "" : result.error().detail;
}

TEST(RecorderOptions, TheDefaultsAreFine) {
  EXPECT_TRUE(check_options({}));
}

TEST(RecorderOptions, WhatCannotBeFollowedIsRefusedWithTheReason) {
  struct Row {
    void (*change)(RecorderOptions&);
    const char* says;
  };
  using O = RecorderOptions;
  const Row rows[] = {
      {[](O& o) { o.wake_words = "jarvis"; }, "wake_words: Eva has no wake word"},
      {[](O& o) { o.wakeword_backend = "oww"; }, "wakeword_backend: Eva has no wake word"},
      {[](O& o) { o.on_wakeword_detected = [] {}; }, "on_wakeword_detected: Eva has no wake"},
      {[](O& o) { o.device = "cuda"; }, "device: the embedded recogniser computes on the CPU"},
      {[](O& o) { o.compute_type = "float16"; }, "compute_type: "},
      {[](O& o) { o.beam_size = 5; }, "beam_size: the embedded recogniser decodes greedily"},
      {[](O& o) { o.batch_size = 16; }, "batch_size: "},
      {[](O& o) { o.transcription_engine = "kroko_onnx"; }, "\"kroko_onnx\" is not here"},
      {[](O& o) { o.transcription_engine = "openai_api"; }, "needs the server"},
      {[](O& o) { o.initial_prompt = "Names"; },
       "initial_prompt: the embedded recogniser takes no"},
      {[](O& o) { o.suppress_tokens = {}; }, "suppress_tokens: "},
      {[](O& o) { o.faster_whisper_vad_filter = true; }, "faster_whisper_vad_filter: "},
      {[](O& o) { o.model = "tiny"; }, "model: \"tiny\" for all languages is not here"},
      {[](O& o) { o.language = "de"; }, "language: the model tiny.en knows English only"},
      {[](O& o) { o.use_microphone = true; }, "use_microphone: "},
      {[](O& o) { o.input_device_index = 1; }, "input_device_index: "},
      {[](O& o) { o.buffer_size = 1024; }, "buffer_size: "},
      {[](O& o) { o.sample_rate = 48'000; }, "sample_rate: "},
      {[](O& o) { o.spinner = true; }, "spinner: "},
      {[](O& o) { o.level = "LOUD"; }, "level: must be DEBUG"},
      {[](O& o) { o.silero_deactivity_detection = false; }, "silero_deactivity_detection: "},
      {[](O& o) { o.webrtc_sensitivity = 2; }, "webrtc_sensitivity: "},
      {[](O& o) { o.silero_sensitivity = 1.5; }, "silero_sensitivity: must be 0 to 1"},
      {[](O& o) { o.post_speech_silence_duration = -1; }, "post_speech_silence_duration: "},
      {[](O& o) { o.realtime_transcription_use_syllable_boundaries = true; },
       "realtime_transcription_use_syllable_boundaries: "},
  };
  for (const Row& row : rows) EXPECT_THAT(complaint(row.change), testing::HasSubstr(row.says));
}

// b: documented in milliseconds, compared as seconds.
TEST(RecorderOptions, DefectBEarlyTranscriptionIsInSeconds) {
  EXPECT_THAT(complaint([](RecorderOptions& o) { o.early_transcription_on_silence = 200; }),
              testing::HasSubstr("0.2, not 200"));
  RecorderOptions options;
  options.early_transcription_on_silence = 0.2;
  EXPECT_TRUE(check_options(options));
  EXPECT_EQ(host_settings(options).core.early_transcription, 200ms);
}

TEST(RecorderOptions, ReachTheCore) {
  RecorderOptions options;
  options.silero_sensitivity = 0.05;
  options.min_gap_between_recordings = 1.5;
  options.pre_recording_buffer_trim_config = PreRecordingBufferTrimConfig{.guard_ms = 100};
  const HostSettings settings = host_settings(options);
  EXPECT_DOUBLE_EQ(settings.core.threshold, 0.95);
  EXPECT_EQ(settings.core.silence_confirmation, 160ms);
  EXPECT_EQ(settings.core.post_speech_silence, 600ms);
  EXPECT_EQ(settings.core.min_gap, 1500ms);
  ASSERT_TRUE(settings.core.trim);
  EXPECT_EQ(settings.core.trim->guard, 100ms);
  options.pre_recording_buffer_trim_config->enabled = false;
  EXPECT_FALSE(host_settings(options).core.trim);
}

TEST(RecorderOptions, ModelsAreFoundByTheirNames) {
  EXPECT_EQ(model_folder("/m", "tiny.en"), "/m/whisper-tiny.en-int8");
  EXPECT_EQ(model_folder("/m", "base"), "/m/whisper-base-int8");
  EXPECT_EQ(model_folder("/m", "whisper-mine"), "/m/whisper-mine");
  EXPECT_EQ(model_folder("/m", "./mine"), "./mine");
  EXPECT_EQ(models_root("/given"), "/given");
}

std::string read(const char* file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// g: documented defaults that were not the real ones. Every option stands in docs/recorder.md with
// the default that the header has.
TEST(RecorderOptions, DefectGDocumentedDefaultsAreTheRealOnes) {
  const std::string header = read("src/recorder/options.h");
  const std::string docs = read("docs/recorder.md");
  ASSERT_FALSE(docs.empty());
  const auto begin = header.find("struct RecorderOptions {");
  const std::string fields = header.substr(begin, header.find("\n};", begin) - begin);
  const std::regex field(R"(\n  [\w:]\S*(?: [^=;\n/]*?)?[ >](\w+)(?: = ([^;]*)|\{([^;]*)\})?;)");
  int count = 0;
  for (std::sregex_iterator it(fields.begin(), fields.end(), field), end; it != end; ++it) {
    ++count;
    const std::string name = (*it)[1];
    if (name.starts_with("on_")) {
      EXPECT_NE(docs.find("`" + name), std::string::npos) << name;
      continue;
    }
    std::string value = (*it)[2].matched ? (*it)[2].str() : (*it)[3].str();
    value = value.empty() ? "" : " | `" + std::regex_replace(value, std::regex("'"), "") + "` |";
    EXPECT_NE(docs.find("| `" + name + "`" + value), std::string::npos)
        << name << value << " is not in docs/recorder.md";
  }
  EXPECT_GT(count, 70) << "the header is not read as it should be";
}

}  // namespace
}  // namespace eva::recorder
