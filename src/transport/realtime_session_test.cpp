#include "transport/realtime_session.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace eva::transport {
namespace {

using nlohmann::json;

RealtimeSession defaults() {
  RealtimeSession session;
  session.model = "eva";
  session.voice = "joe";
  session.settings.instructions = "Be Eva.";
  return session;
}

struct Row {
  const char* patch;
  const char* code;  // "" = accepted
  const char* param;
};
void PrintTo(const Row& row, std::ostream* out) {
  *out << std::string_view(row.patch).substr(0, 60);
}
class Updates : public testing::TestWithParam<Row> {};

TEST_P(Updates, AreAcceptedOrRefusedWhole) {
  const auto& [patch, code, param] = GetParam();
  RealtimeSession session = defaults();
  const json before = session.to_json("s", 1);
  const auto error = session.update(json::parse(patch));
  EXPECT_EQ(error ? error->code : "", code) << (error ? error->message : "");
  EXPECT_EQ(error ? error->param : "", param);
  if (error) EXPECT_EQ(session.to_json("s", 1), before);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Updates,
    testing::Values(
        Row{R"({"type":"realtime"})", "", ""},
        Row{R"({})", "missing_required_parameter", "session.type"},
        Row{R"({"type":"transcription"})", "invalid_value", "session.type"},
        Row{R"({"type":"realtime","voice":"x"})", "unknown_parameter", "session.voice"},
        Row{R"({"type":"realtime","temperature":1})", "unknown_parameter", "session.temperature"},
        Row{R"({"type":"realtime","instructions":null})", "", ""},
        Row{R"({"type":"realtime","tools":[]})", "", ""},
        Row{R"({"type":"realtime","tools":[{}]})", "invalid_value", "session.tools"},
        Row{R"({"type":"realtime","tracing":"auto","model":"gpt-realtime","include":[]})", "", ""},
        Row{R"({"type":"realtime","output_modalities":["text"]})", "", ""},
        Row{R"({"type":"realtime","output_modalities":["text","audio"]})", "invalid_value",
            "session.output_modalities"},
        Row{R"({"type":"realtime","max_output_tokens":5000})", "invalid_value",
            "session.max_output_tokens"},
        Row{R"({"type":"realtime","max_output_tokens":"inf"})", "", ""},
        Row{R"({"type":"realtime","audio":{"input":{"format":{"type":"audio/pcm","rate":24000}}}})",
            "", ""},
        Row{R"({"type":"realtime","audio":{"input":{"format":{"type":"audio/pcm","rate":44100}}}})",
            "invalid_value", "session.audio.input.format.rate"},
        Row{R"({"type":"realtime","audio":{"input":{"format":{"type":"audio/pcmu"}}}})", "", ""},
        Row{R"({"type":"realtime","audio":{"input":{"format":"pcm16"}}})", "invalid_type",
            "session.audio.input.format"},
        Row{R"({"type":"realtime","audio":{"input":{"turn_detection":{"type":"server_vad","threshold":2}}}})",
            "invalid_value", "session.audio.input.turn_detection.threshold"},
        Row{R"({"type":"realtime","audio":{"input":{"turn_detection":{"type":"vad"}}}})",
            "invalid_value", "session.audio.input.turn_detection.type"},
        Row{R"({"type":"realtime","audio":{"input":{"turn_detection":{"silence_duration_ms":"x"}}}})",
            "invalid_type", "session.audio.input.turn_detection.silence_duration_ms"},
        Row{R"({"type":"realtime","audio":{"input":{"turn_detection":{"type":"semantic_vad","eagerness":"high"}}}})",
            "", ""},
        Row{R"({"type":"realtime","audio":{"input":{"noise_reduction":{"type":"near_field"}}}})",
            "", ""},
        Row{R"({"type":"realtime","audio":{"output":{"voice":"marin","speed":1.2}}})", "", ""},
        Row{R"({"type":"realtime","audio":{"output":{"voice":{"id":"voice_1"}}}})", "", ""},
        Row{R"({"type":"realtime","audio":{"output":{"speed":9}}})", "invalid_value",
            "session.audio.output.speed"}));

TEST(RealtimeSession, AnUpdateIsAMerge) {
  RealtimeSession session = defaults();
  ASSERT_FALSE(session.update(json::parse(
      R"({"type":"realtime","audio":{"input":{"turn_detection":{"silence_duration_ms":300}}}})")));
  const auto& detection = *session.settings.turn_detection;
  EXPECT_EQ(detection.turn.silence, 300ms);
  EXPECT_EQ(detection.turn.threshold, 0.5);
  EXPECT_TRUE(detection.create_response);
  EXPECT_EQ(session.settings.instructions, "Be Eva.");
  ASSERT_FALSE(session.update(
      json::parse(R"({"type":"realtime","audio":{"input":{"turn_detection":null}}})")));
  EXPECT_FALSE(session.settings.turn_detection);
  EXPECT_EQ(session.settings.voice, "");
}

TEST(RealtimeSession, WhatTheServerSaysItAcceptsBack) {
  RealtimeSession session = defaults();
  ASSERT_FALSE(session.update(json::parse(
      R"({"type":"realtime","audio":{"input":{"transcription":{"model":"whisper-1","language":"en"},
          "noise_reduction":{"type":"far_field"}},"output":{"format":{"type":"audio/pcma"}}}})")));
  const json said = session.to_json("sess_1", 1234);
  EXPECT_EQ(said["audio"]["output"]["format"]["type"], "audio/pcma");
  RealtimeSession other = defaults();
  ASSERT_FALSE(other.update(said));
  EXPECT_EQ(other.to_json("sess_1", 1234), said);
}

}  // namespace
}  // namespace eva::transport
