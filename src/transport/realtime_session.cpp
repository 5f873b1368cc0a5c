#include "transport/realtime_session.h"

#include <fmt/format.h>

#include <algorithm>

#include <chrono>
#include <nlohmann/json.hpp>

#include "transport/json_reader.h"

namespace eva::transport {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxInstructions = 64 << 10;
constexpr std::size_t kMaxName = 256;

void read_format(JsonReader& parent, const char* name, AudioFormat& target,
                 std::optional<ClientError>& error) {
  const json* value = parent.object(name);
  if (!value) return;
  JsonReader reader(*value, parent.path(name), error);
  std::string type = "audio/pcm";
  std::int64_t rate = 0;
  reader.require("type");
  reader.one_of("type", type, {"audio/pcm", "audio/pcmu", "audio/pcma"});
  const bool has_rate = reader.integer("rate", rate, 8000, 48'000);
  reader.done();
  if (!reader.ok()) return;
  AudioFormat format{.codec = type == "audio/pcm"    ? AudioCodec::kPcm16
                              : type == "audio/pcmu" ? AudioCodec::kMulaw
                                                     : AudioCodec::kAlaw,
                     .rate = type == "audio/pcm" ? 24'000 : 8000};
  if (has_rate) {
    const bool known = format.codec == AudioCodec::kPcm16
                           ? rate == 8000 || rate == 16'000 || rate == 24'000 || rate == 48'000
                           : rate == 8000;
    if (!known) {
      reader.refuse("rate", "invalid_value",
                    format.codec == AudioCodec::kPcm16
                        ? "Invalid 'rate': audio/pcm can have 8000, 16000, 24000 or 48000 Hz."
                        : "Invalid 'rate': audio/pcmu and audio/pcma have 8000 Hz.");
      return;
    }
    format.rate = static_cast<int>(rate);
  }
  target = format;
}

void read_turn_detection(const json& value, const std::string& path, RealtimeSession& session,
                         std::optional<ClientError>& error) {
  auto& detection = session.settings.turn_detection;
  if (value.is_null()) {
    detection.reset();
    return;
  }
  if (!detection) detection = session.default_detection;
  JsonReader reader(value, path, error);
  std::string type = session.turn_detection_type;
  reader.one_of("type", type, {"server_vad", "semantic_vad"});
  reader.flag("create_response", detection->create_response);
  reader.flag("interrupt_response", detection->interrupt_response);
  if (reader.any("idle_timeout_ms")) {
    reader.refuse("idle_timeout_ms", "invalid_value",
                  "Invalid 'idle_timeout_ms': only null is supported.");
  }
  if (type == "semantic_vad") {
    std::string eagerness = session.eagerness;
    reader.one_of("eagerness", eagerness, {"low", "medium", "high", "auto"});
    // Words and sound decide, around a silence that eagerness chooses (docs/protocol.md).
    if (reader.ok()) {
      session.eagerness = eagerness;
      detection->turn.end_of_turn = turn::EndOfTurnKind::kAuto;
      detection->turn.silence = eagerness == "low" ? 800ms : eagerness == "high" ? 300ms : 500ms;
    }
  } else {
    // The silence of an eagerness is not one that anybody set.
    const auto& kept = session.turn_detection_type == type ? *detection : session.default_detection;
    double threshold = detection->turn.threshold;
    std::int64_t padding = to_ms(detection->prefix_padding);
    std::int64_t silence = to_ms(kept.turn.silence);
    reader.number("threshold", threshold, 0.0, 1.0);
    reader.integer("prefix_padding_ms", padding, 0, 5000);
    reader.integer("silence_duration_ms", silence, 50, 30'000);
    // Who names a silence gets just that; else the server's way of ending turns stays.
    const bool named = reader.any("silence_duration_ms") != nullptr;
    detection->turn.end_of_turn = named ? turn::EndOfTurnKind::kSilence : kept.turn.end_of_turn;
    detection->turn.threshold = threshold;
    detection->prefix_padding = std::chrono::milliseconds(padding);
    detection->turn.silence = std::chrono::milliseconds(silence);
  }
  reader.done();
  session.turn_detection_type = type;
}

void read_input(const json& value, const std::string& path, RealtimeSession& session,
                std::optional<ClientError>& error) {
  JsonReader reader(value, path, error);
  read_format(reader, "format", session.input, error);
  if (const json* transcription = reader.object("transcription", true)) {
    session.transcription = !transcription->is_null();
    if (session.transcription) {
      JsonReader inner(*transcription, reader.path("transcription"), error);
      inner.text("model", session.transcription_model, kMaxName);
      inner.text("language", session.settings.language, 16);
      inner.text("prompt", session.settings.prompt, 4096);
      inner.ignore({"delay", "languages", "keywords"});
      inner.done();
    }
  }
  if (const json* reduction = reader.object("noise_reduction", true)) {
    session.noise_reduction.clear();
    if (!reduction->is_null()) {
      JsonReader inner(*reduction, reader.path("noise_reduction"), error);
      inner.require("type");
      inner.one_of("type", session.noise_reduction, {"near_field", "far_field"});
      inner.ignore({"strength"});
      inner.done();
    }
  }
  if (const json* detection = reader.object("turn_detection", true)) {
    read_turn_detection(*detection, reader.path("turn_detection"), session, error);
  }
  reader.done();
}

void read_output(const json& value, const std::string& path, RealtimeSession& session,
                 std::optional<ClientError>& error) {
  JsonReader reader(value, path, error);
  read_format(reader, "format", session.output, error);
  reader.number("speed", session.settings.speed, 0.25, 1.5);
  if (const json* voice = reader.any("voice")) {
    std::string name;
    if (voice->is_object()) {
      JsonReader inner(*voice, reader.path("voice"), error);
      inner.require("id");
      inner.text("id", name, kMaxName);
      inner.done();
    } else {
      reader.text("voice", name, kMaxName);
    }
    if (reader.ok()) session.voice = session.settings.voice = name;
  }
  reader.done();
}

}  // namespace

json to_json(const AudioFormat& format) {
  switch (format.codec) {
    case AudioCodec::kPcm16:
      return {{"type", "audio/pcm"}, {"rate", format.rate}};
    case AudioCodec::kMulaw:
      return {{"type", "audio/pcmu"}};
    case AudioCodec::kAlaw:
      return {{"type", "audio/pcma"}};
  }
  return nullptr;
}

std::optional<ClientError> RealtimeSession::update(const json& patch) {
  RealtimeSession next = *this;
  std::optional<ClientError> error;
  JsonReader reader(patch, "session", error);
  std::string type;
  reader.require("type");
  if (reader.text("type", type, kMaxName) && type != "realtime") {
    reader.refuse(
        "type", "invalid_value",
        fmt::format("Invalid value: '{}'. Supported values are: 'realtime'.", type.substr(0, 64)));
  }
  reader.text("instructions", next.settings.instructions, kMaxInstructions);
  if (const json* modalities = reader.any("output_modalities")) {
    if (*modalities == json::array({"audio"})) {
      next.settings.audio_output = true;
    } else if (*modalities == json::array({"text"})) {
      next.settings.audio_output = false;
    } else {
      reader.refuse("output_modalities", "invalid_value",
                    "Invalid modalities. Supported combinations are: ['text'] and ['audio'].");
    }
  }
  if (const json* tokens = reader.any("max_output_tokens")) {
    if (tokens->is_string() && *tokens == "inf") {
      next.settings.max_output_tokens.reset();
    } else if (!tokens->is_null()) {
      std::int64_t count = 0;
      if (reader.integer("max_output_tokens", count, 1, 4096) && reader.ok()) {
        next.settings.max_output_tokens = static_cast<int>(count);
      }
    }
  }
  if (const json* audio = reader.object("audio")) {
    JsonReader inner(*audio, "session.audio", error);
    if (const json* in = inner.object("input")) read_input(*in, "session.audio.input", next, error);
    if (const json* out = inner.object("output")) {
      read_output(*out, "session.audio.output", next, error);
    }
    inner.done();
  }
  if (const json* tools = reader.any("tools"); tools && !(tools->is_array() && tools->empty())) {
    reader.refuse("tools", "invalid_value",
                  "Tools are not supported by this server yet; leave 'tools' empty.");
  }
  if (const json* choice = reader.any("tool_choice")) {
    if (choice->is_string()) reader.one_of("tool_choice", next.tool_choice, {"auto", "none"});
  }
  if (const json* value = reader.any("truncation"); value && value->is_string()) {
    reader.one_of("truncation", next.truncation, {"auto", "disabled"});
  }
  if (const json* include = reader.any("include"); include && include->is_array()) {
    next.reply_levels = std::ranges::find(*include, json("eva.reply.level")) != include->end();
  }
  // The model is the server's; what clients send by habit is accepted and has no effect.
  reader.ignore({"model", "tracing", "prompt", "reasoning", "parallel_tool_calls", "id", "object",
                 "expires_at"});
  reader.done();
  if (!error) *this = std::move(next);
  return error;
}

json RealtimeSession::to_json(const std::string& id, std::int64_t expires_at_unix) const {
  json in{{"format", transport::to_json(input)}};
  in["transcription"] = nullptr;
  if (transcription) {
    in["transcription"] = {{"model", transcription_model}};
    if (!settings.language.empty()) in["transcription"]["language"] = settings.language;
    if (!settings.prompt.empty()) in["transcription"]["prompt"] = settings.prompt;
  }
  in["noise_reduction"] = noise_reduction.empty() ? json(nullptr) : json{{"type", noise_reduction}};
  if (!settings.turn_detection) {
    in["turn_detection"] = nullptr;
  } else {
    const auto& detection = *settings.turn_detection;
    json out{{"type", turn_detection_type},
             {"create_response", detection.create_response},
             {"interrupt_response", detection.interrupt_response}};
    if (turn_detection_type == "semantic_vad") {
      out["eagerness"] = eagerness;
    } else {
      out["threshold"] = detection.turn.threshold;
      out["prefix_padding_ms"] = to_ms(detection.prefix_padding);
      out["silence_duration_ms"] = to_ms(detection.turn.silence);
      out["idle_timeout_ms"] = nullptr;
    }
    in["turn_detection"] = std::move(out);
  }
  return {
      {"type", "realtime"},
      {"object", "realtime.session"},
      {"id", id},
      {"model", model},
      {"output_modalities", json::array({settings.audio_output ? "audio" : "text"})},
      {"instructions", settings.instructions},
      {"tools", json::array()},
      {"tool_choice", tool_choice},
      {"max_output_tokens",
       settings.max_output_tokens ? json(*settings.max_output_tokens) : json("inf")},
      {"tracing", nullptr},
      {"truncation", truncation},
      {"prompt", nullptr},
      {"expires_at", expires_at_unix},
      {"include", reply_levels ? json::array({"eva.reply.level"}) : json(nullptr)},
      {"audio",
       {{"input", std::move(in)},
        {"output",
         {{"format", transport::to_json(output)}, {"voice", voice}, {"speed", settings.speed}}}}}};
}

}  // namespace eva::transport
