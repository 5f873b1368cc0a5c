#include "transport/client_event.h"

#include <gtest/gtest.h>

#include <random>

namespace eva::transport {
namespace {

struct Row {
  const char* text;
  const char* code;
  const char* param;
};
void PrintTo(const Row& row, std::ostream* out) {
  *out << std::string_view(row.text).substr(0, 60);
}
class BadEvents : public testing::TestWithParam<Row> {};

TEST_P(BadEvents, AreRefusedWithCodeAndParam) {
  const auto& [text, code, param] = GetParam();
  const ClientEvent event = parse_client_event(text);
  const auto* bad = std::get_if<BadEvent>(&event);
  ASSERT_TRUE(bad) << text;
  EXPECT_EQ(bad->error.code, code) << bad->error.message;
  EXPECT_EQ(bad->error.param, param) << bad->error.message;
  EXPECT_FALSE(bad->error.message.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BadEvents,
    testing::Values(
        Row{"", "invalid_json", ""}, Row{"{", "invalid_json", ""}, Row{"\"x", "invalid_json", ""},
        Row{"{\"type\":\"\xff\"}", "invalid_json", ""}, Row{"[]", "invalid_event", ""},
        Row{"null", "invalid_event", ""}, Row{"{}", "invalid_event", "type"},
        Row{R"({"type":1})", "invalid_type", "type"},
        Row{R"({"type":"nope"})", "invalid_value", "type"},
        Row{R"({"type":"response.cancel","event_id":7})", "invalid_type", "event_id"},
        Row{R"({"type":"response.cancel","x":1})", "unknown_parameter", "x"},
        Row{R"({"type":"input_audio_buffer.append"})", "missing_required_parameter", "audio"},
        Row{R"({"type":"input_audio_buffer.append","audio":5})", "invalid_type", "audio"},
        Row{R"({"type":"input_audio_buffer.append","audio":"%%%%"})", "invalid_value", "audio"},
        Row{R"({"type":"input_audio_buffer.append","audio":"AAA"})", "invalid_value", "audio"},
        Row{R"({"type":"session.update"})", "missing_required_parameter", "session"},
        Row{R"({"type":"session.update","session":[]})", "invalid_type", "session"},
        Row{R"({"type":"conversation.item.create"})", "missing_required_parameter", "item"},
        Row{R"({"type":"conversation.item.create","item":{}})", "missing_required_parameter",
            "item.type"},
        Row{R"({"type":"conversation.item.create","item":{"type":"message"}})",
            "missing_required_parameter", "item.role"},
        Row{R"({"type":"conversation.item.create","item":{"type":"function_call"}})",
            "invalid_value", "item.type"},
        Row{R"({"type":"conversation.item.create","item":{"type":"message","role":"user","content":[]}})",
            "invalid_value", "item.content"},
        Row{R"({"type":"conversation.item.create","item":{"type":"message","role":"user",
            "content":[{"type":"input_image"}]}})",
            "invalid_value", "item.content[0].type"},
        Row{R"({"type":"conversation.item.create","item":{"type":"message","role":"user",
            "content":[{"type":"input_text"}]}})",
            "missing_required_parameter", "item.content[0].text"},
        Row{R"({"type":"conversation.item.create","item":{"type":"message","role":"assistant",
            "content":[{"type":"output_audio","audio":"AAAA"}]}})",
            "invalid_value", "item.content[0].type"},
        Row{R"({"type":"conversation.item.create","item":{"type":"message","role":"user",
            "content":[{"type":"input_audio","audio":"AAAA"},{"type":"input_text","text":"x"}]}})",
            "invalid_value", "item.content"},
        Row{R"({"type":"conversation.item.delete"})", "missing_required_parameter", "item_id"},
        Row{R"({"type":"conversation.item.truncate","item_id":"a","content_index":0})",
            "missing_required_parameter", "audio_end_ms"},
        Row{R"({"type":"conversation.item.truncate","item_id":"a","content_index":1,"audio_end_ms":1})",
            "invalid_value", "content_index"},
        Row{R"({"type":"conversation.item.truncate","item_id":"a","content_index":0,"audio_end_ms":-1})",
            "invalid_value", "audio_end_ms"},
        Row{R"({"type":"conversation.item.truncate","item_id":"a","content_index":0,"audio_end_ms":1.5})",
            "invalid_type", "audio_end_ms"},
        Row{R"({"type":"response.create","response":{"conversation":"none"}})", "invalid_value",
            "response.conversation"},
        Row{R"({"type":"response.create","response":{"tools":[{"type":"function"}]}})",
            "invalid_value", "response.tools"},
        Row{R"({"type":"response.create","response":{"output_modalities":["audio","text"]}})",
            "invalid_value", "response.output_modalities"},
        Row{R"({"type":"response.create","response":{"metadata":{"a":1}}})", "invalid_value",
            "response.metadata"},
        Row{R"({"type":"response.create","response":{"max_output_tokens":0}})", "invalid_value",
            "response.max_output_tokens"},
        Row{R"({"type":"response.create","response":{"audio":{"output":{"voice":3}}}})",
            "invalid_type", "response.audio.output.voice"}));

template <typename T>
T good(const char* text) {
  ClientEvent event = parse_client_event(text);
  if (const auto* bad = std::get_if<BadEvent>(&event)) {
    ADD_FAILURE() << text << ": " << bad->error.message;
    return {};
  }
  if constexpr (std::is_same_v<T, AppendAudio> || std::is_same_v<T, UpdateSession> ||
                std::is_same_v<T, CreateAudioItem>) {
    return std::get<T>(event);
  } else {
    return std::get<T>(std::get<session::Event>(event));
  }
}

TEST(ClientEvent, ReadsEveryKind) {
  const auto append =
      good<AppendAudio>(R"({"type":"input_audio_buffer.append","event_id":"e1","audio":"AQID"})");
  EXPECT_EQ(append.bytes, (std::vector<std::uint8_t>{1, 2, 3}));
  EXPECT_EQ(append.event_id, "e1");
  EXPECT_EQ(good<session::CommitInput>(R"({"type":"input_audio_buffer.commit"})").event_id, "");
  good<session::ClearInput>(R"({"type":"input_audio_buffer.clear","event_id":null})");
  EXPECT_EQ(
      good<session::DeleteItem>(R"({"type":"conversation.item.delete","item_id":"a"})").item_id,
      "a");
  EXPECT_EQ(
      good<session::RetrieveItem>(R"({"type":"conversation.item.retrieve","item_id":"b"})").item_id,
      "b");
  const auto truncate = good<session::TruncateItem>(
      R"({"type":"conversation.item.truncate","item_id":"a","content_index":0,"audio_end_ms":1500})");
  EXPECT_EQ(truncate.audio_end, 1500ms);
  EXPECT_EQ(
      good<session::CancelReply>(R"({"type":"response.cancel","response_id":"r"})").response_id,
      "r");
  EXPECT_EQ(
      good<UpdateSession>(R"({"type":"session.update","session":{"type":"realtime"}})").session,
      R"({"type":"realtime"})");
}

TEST(ClientEvent, ReadsItemsAndResponses) {
  const auto create = good<session::CreateItem>(
      R"({"type":"conversation.item.create","previous_item_id":"root","item":{"id":"x",
          "type":"message","role":"user","content":[{"type":"input_text","text":"hi"},
          {"type":"input_text","text":"there"}]}})");
  EXPECT_EQ(create.previous, "root");
  EXPECT_EQ(create.item.id, "x");
  EXPECT_EQ(create.item.text(), "hi there");
  const auto audio = good<CreateAudioItem>(
      R"({"type":"conversation.item.create","item":{"type":"message","role":"user",
          "content":[{"type":"input_audio","audio":"AAAA"}]}})");
  EXPECT_EQ(audio.bytes.size(), 3u);
  const auto reply = good<session::CreateReply>(
      R"({"type":"response.create","response":{"instructions":"Be brief.","output_modalities":["text"],
          "max_output_tokens":5,"metadata":{"a":"b"},"conversation":"auto",
          "audio":{"output":{"voice":"joe"}}}})");
  EXPECT_EQ(reply.options.instructions, "Be brief.");
  EXPECT_EQ(reply.options.audio_output, false);
  EXPECT_EQ(reply.options.max_output_tokens, 5);
  EXPECT_EQ(reply.options.metadata.at("a"), "b");
  EXPECT_EQ(reply.options.voice, "joe");
}

TEST(ClientEvent, NestingIsBounded) {
  const std::string deep = R"({"type":"session.update","session":)" + std::string(100'000, '[');
  const ClientEvent event = parse_client_event(deep);
  EXPECT_EQ(std::get<BadEvent>(event).error.code, "invalid_json");
}

TEST(ClientEvent, MutatedEventsNeverCrash) {
  const std::vector<std::string> seeds{
      R"({"type":"input_audio_buffer.append","event_id":"e1","audio":"AQIDBA=="})",
      R"({"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":null}}}})",
      R"({"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]}})",
      R"({"type":"response.create","response":{"metadata":{"a":"b"},"max_output_tokens":"inf"}})"};
  std::mt19937 random(11);
  for (int round = 0; round < 20'000; ++round) {
    std::string text = seeds[random() % seeds.size()];
    for (int n = 1 + static_cast<int>(random() % 4); n > 0; --n) {
      const std::size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text.erase(at, 1 + random() % 5);
          break;
        default:
          text.insert(at, 1, "{}[]\",:0n\\"[random() % 10]);
          break;
      }
      if (text.empty()) break;
    }
    parse_client_event(text);
  }
}

}  // namespace
}  // namespace eva::transport
