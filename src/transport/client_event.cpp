#include "transport/client_event.h"

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "transport/json_reader.h"

namespace eva::transport {
namespace {

using nlohmann::json;
using session::Item;

constexpr std::size_t kMaxId = 512;
constexpr std::size_t kMaxText = 256 << 10;  // of one item
constexpr std::size_t kMaxAudio = 15 << 20;  // the protocol's limit of one append
constexpr std::size_t kMaxParts = 32;
constexpr std::size_t kMaxDepth = 64;

// Refuses deep nesting before the recursive parser and destructors meet it.
bool too_deep(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        in_string = false;
      }
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kMaxDepth) return true;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return false;
}

// Base64 of a field into bytes, with the protocol's errors.
void read_audio(JsonReader& reader, const json* value, const char* name,
                std::vector<std::uint8_t>& target) {
  if (!value) return;
  if (!value->is_string()) {
    reader.refuse(name, "invalid_type",
                  fmt::format("Invalid type for '{}': expected a string.", reader.path(name)));
    return;
  }
  const auto& text = value->get_ref<const std::string&>();
  if (text.size() / 4 * 3 > kMaxAudio) {
    reader.refuse(
        name, "string_above_max_length",
        fmt::format("Invalid '{}': more than 15 MiB of audio in one event.", reader.path(name)));
    return;
  }
  auto bytes = base64_decode(text);
  if (!bytes) {
    reader.refuse(
        name, "invalid_value",
        fmt::format("Invalid '{}': expected base64-encoded audio bytes.", reader.path(name)));
    return;
  }
  target = std::move(*bytes);
}

void read_part(const json& value, const std::string& path, Item& item,
               std::vector<std::uint8_t>& audio, std::optional<ClientError>& error) {
  using Kind = Item::Part::Kind;
  JsonReader reader(value, path, error);
  std::string type;
  std::string text;
  reader.require("type");
  const bool user = item.role == Item::Role::kUser;
  const bool assistant = item.role == Item::Role::kAssistant;
  if (assistant) {
    reader.one_of("type", type, {"output_text"});
  } else if (user) {
    reader.one_of("type", type, {"input_text", "input_audio"});
  } else {
    reader.one_of("type", type, {"input_text"});
  }
  if (type == "input_audio") {
    reader.require("audio");
    if (!audio.empty()) {
      reader.refuse("type", "invalid_value", "Only one input_audio part per item is supported.");
    }
    read_audio(reader, reader.any("audio"), "audio", audio);
    reader.text("transcript", text, kMaxText);
    item.parts.push_back({Kind::kInputAudio, text});
  } else {
    reader.require("text");
    reader.text("text", text, kMaxText);
    item.parts.push_back({assistant ? Kind::kOutputText : Kind::kInputText, text});
  }
  reader.done();
}

ClientEvent read_create_item(JsonReader& event, std::string event_id,
                             std::optional<ClientError>& error) {
  session::CreateItem out{.event_id = std::move(event_id)};
  std::vector<std::uint8_t> audio;
  event.require("item");
  if (const json* previous = event.any("previous_item_id"); previous && !previous->is_null()) {
    event.text("previous_item_id", out.previous, kMaxId);
  }
  if (const json* value = event.object("item")) {
    JsonReader reader(*value, "item", error);
    std::string type;
    std::string role;
    reader.require("type");
    reader.one_of("type", type, {"message"});
    reader.require("role");
    reader.one_of("role", role, {"user", "system", "assistant"});
    reader.text("id", out.item.id, kMaxId);
    reader.ignore({"object", "status"});
    reader.require("content");
    out.item.role = role == "system"      ? Item::Role::kSystem
                    : role == "assistant" ? Item::Role::kAssistant
                                          : Item::Role::kUser;
    const json* content = reader.any("content");
    if (reader.ok() && (!content->is_array() || content->empty() || content->size() > kMaxParts)) {
      reader.refuse("content", "invalid_value",
                    "Invalid 'item.content': expected an array of 1 to 32 content parts.");
    }
    for (std::size_t i = 0; reader.ok() && i < content->size(); ++i) {
      read_part((*content)[i], fmt::format("item.content[{}]", i), out.item, audio, error);
    }
    if (reader.ok() && out.item.text().size() > kMaxText) {
      reader.refuse("content", "string_above_max_length",
                    fmt::format("Invalid 'item.content': more than {} bytes of text.", kMaxText));
    }
    reader.done();
  }
  event.done();
  if (error) return BadEvent{out.event_id, *error};
  // The transcription goes into the last part.
  if (!audio.empty() && out.item.parts.back().kind != Item::Part::Kind::kInputAudio) {
    return BadEvent{out.event_id,
                    {"invalid_value", "An input_audio part must be the last one.", "item.content"}};
  }
  if (!audio.empty()) return CreateAudioItem{std::move(out), std::move(audio)};
  return session::Event{std::move(out)};
}

ClientEvent read_create_response(JsonReader& event, std::string event_id,
                                 std::optional<ClientError>& error) {
  session::CreateReply out{.event_id = std::move(event_id)};
  if (const json* value = event.object("response", true); value && !value->is_null()) {
    JsonReader reader(*value, "response", error);
    std::string text;
    if (reader.text("instructions", text, kMaxText) && reader.ok()) out.options.instructions = text;
    if (const json* modalities = reader.any("output_modalities");
        modalities && !modalities->is_null()) {
      const bool audio = *modalities == json::array({"audio"});
      if (!audio && *modalities != json::array({"text"})) {
        reader.refuse("output_modalities", "invalid_value",
                      "Invalid modalities. Supported combinations are: ['text'] and ['audio'].");
      }
      out.options.audio_output = audio;
    }
    if (const json* tokens = reader.any("max_output_tokens");
        tokens && !(tokens->is_string() && *tokens == "inf") && !tokens->is_null()) {
      std::int64_t count = 0;
      reader.integer("max_output_tokens", count, 1, 4096);
      out.options.max_output_tokens = static_cast<int>(count);
    }
    if (const json* metadata = reader.object("metadata", true); metadata && !metadata->is_null()) {
      if (metadata->size() > 16) {
        reader.refuse("metadata", "invalid_value",
                      "Invalid 'response.metadata': at most 16 pairs.");
      }
      for (const auto& [key, entry] : metadata->items()) {
        if (!entry.is_string() || key.size() > 64 ||
            entry.get_ref<const std::string&>().size() > 512) {
          reader.refuse(
              "metadata", "invalid_value",
              "Invalid 'response.metadata': keys of at most 64 and text values of at most "
              "512 characters.");
          break;
        }
        out.options.metadata.emplace(key, entry.get<std::string>());
      }
    }
    if (const json* audio = reader.object("audio")) {
      JsonReader inner(*audio, "response.audio", error);
      if (const json* output = inner.object("output")) {
        JsonReader deepest(*output, "response.audio.output", error);
        if (deepest.text("voice", text, 256) && deepest.ok()) out.options.voice = text;
        if (deepest.any("format")) {
          deepest.refuse("format", "invalid_value",
                         "The output format is the session's: change it with session.update.");
        }
        deepest.done();
      }
      inner.done();
    }
    std::string conversation = "auto";
    reader.one_of("conversation", conversation, {"auto"});
    if (const json* tools = reader.any("tools");
        tools && !tools->is_null() && !(tools->is_array() && tools->empty())) {
      reader.refuse("tools", "invalid_value",
                    "Tools are not supported by this server yet; leave 'tools' empty.");
    }
    if (const json* input = reader.any("input"); input && !input->is_null()) {
      reader.refuse("input", "invalid_value",
                    "'response.input' is not supported by this server yet; create items instead.");
    }
    reader.ignore({"tool_choice", "parallel_tool_calls", "reasoning", "prompt"});
    reader.done();
  }
  event.done();
  if (error) return BadEvent{out.event_id, *error};
  return session::Event{std::move(out)};
}

}  // namespace

ClientEvent parse_client_event(std::string_view text) {
  const auto bad = [](std::string code, std::string message, std::string param = "") {
    return BadEvent{"", {std::move(code), std::move(message), std::move(param)}};
  };
  if (too_deep(text)) return bad("invalid_json", "The event is nested too deeply.");
  const json event = json::parse(text, nullptr, false);
  if (event.is_discarded()) {
    return bad("invalid_json", "The event is not valid JSON. Send one JSON object per message.");
  }
  if (!event.is_object()) return bad("invalid_event", "The event is not a JSON object.");

  std::optional<ClientError> error;
  JsonReader reader(event, "", error);
  std::string event_id;
  std::string type;
  if (const json* id = reader.any("event_id"); id && !id->is_null()) {
    reader.text("event_id", event_id, kMaxId);
  }
  if (!event.contains("type")) {
    return BadEvent{event_id, {"invalid_event", "Missing required parameter: 'type'.", "type"}};
  }
  reader.text("type", type, kMaxId);
  if (error) return BadEvent{event_id, *error};

  const auto finish = [&](ClientEvent value) -> ClientEvent {
    reader.done();
    if (error) return BadEvent{event_id, *error};
    return value;
  };
  const auto item_id = [&](std::string& target) {
    reader.require("item_id");
    reader.text("item_id", target, kMaxId);
  };

  if (type == "input_audio_buffer.append") {
    AppendAudio out{.event_id = event_id};
    reader.require("audio");
    read_audio(reader, reader.any("audio"), "audio", out.bytes);
    return finish(std::move(out));
  }
  if (type == "session.update") {
    UpdateSession out{.event_id = event_id};
    reader.require("session");
    if (const json* value = reader.object("session")) out.session = value->dump();
    return finish(std::move(out));
  }
  if (type == "input_audio_buffer.commit") {
    return finish(session::Event{session::CommitInput{event_id}});
  }
  if (type == "input_audio_buffer.clear") {
    return finish(session::Event{session::ClearInput{event_id}});
  }
  if (type == "conversation.item.create") return read_create_item(reader, event_id, error);
  if (type == "conversation.item.delete") {
    session::DeleteItem out{.event_id = event_id};
    item_id(out.item_id);
    return finish(session::Event{std::move(out)});
  }
  if (type == "conversation.item.retrieve") {
    session::RetrieveItem out{.event_id = event_id};
    item_id(out.item_id);
    return finish(session::Event{std::move(out)});
  }
  if (type == "conversation.item.truncate") {
    session::TruncateItem out{.event_id = event_id};
    std::int64_t index = 0;
    std::int64_t end = 0;
    item_id(out.item_id);
    reader.require("content_index");
    reader.integer("content_index", index, 0, 0);
    reader.require("audio_end_ms");
    reader.integer("audio_end_ms", end, 0, 24 * 3'600'000);
    out.audio_end = std::chrono::milliseconds(end);
    return finish(session::Event{std::move(out)});
  }
  if (type == "response.create") return read_create_response(reader, event_id, error);
  if (type == "response.cancel") {
    session::CancelReply out{.event_id = event_id};
    reader.text("response_id", out.response_id, kMaxId);
    return finish(session::Event{std::move(out)});
  }
  return BadEvent{
      event_id,
      {"invalid_value",
       fmt::format("Invalid value: '{}'. Supported values are: 'session.update', "
                   "'input_audio_buffer.append', 'input_audio_buffer.commit', "
                   "'input_audio_buffer.clear', 'conversation.item.create', "
                   "'conversation.item.retrieve', 'conversation.item.truncate', "
                   "'conversation.item.delete', 'response.create', and 'response.cancel'.",
                   type.substr(0, 64)),
       "type"}};
}

}  // namespace eva::transport
