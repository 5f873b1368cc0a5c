#include "engine/realtime_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>

#include "base/base64.h"
#include "engine/service_json.h"

namespace eva::engine {
namespace {
using nlohmann::json;

constexpr std::size_t kMaxText = 16 << 10;  // of a prompt, a name
constexpr std::size_t kMaxEventId = 512;
constexpr const char* kTranscriptionEvents = "conversation.item.input_audio_transcription";

std::unexpected<ApiError> missing(std::string param) {
  return refuse(fmt::format("Missing required parameter: '{}'.", param), param,
                "missing_required_parameter");
}

/// The object at `name`, an empty one where it is absent. Refused: another type.
ApiResult<json> object_field(const json& object, const char* name, const std::string& path) {
  const auto field = object.find(name);
  if (field == object.end()) return json::object();
  if (!field->is_object()) return refuse(fmt::format("'{}' must be an object", path), path);
  return *field;
}

/// A client whose setting had no effect would look for the fault elsewhere.
ApiResult<bool> only(const json& object, const std::string& path,
                     std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : object.items()) {
    if (std::ranges::find(known, name) != known.end()) continue;
    const std::string param = path + "." + name;
    return refuse(fmt::format("Unknown parameter: '{}'.", param), param, "unknown_parameter");
  }
  return true;
}

ApiResult<std::string> text_at(const json& object, const char* name, const std::string& path,
                               const std::string& fallback) {
  auto text = string_field(object, name, fallback);
  if (!text || text->size() > kMaxText) {
    return refuse(fmt::format("'{}.{}' must be a short text", path, name), path + "." + name);
  }
  return text;
}

ApiResult<AudioFormat> parse_format(const json& format) {
  constexpr const char* kPath = "session.audio.input.format";
  if (!format.is_object()) return refuse(fmt::format("'{}' must be an object", kPath), kPath);
  if (auto ok = only(format, kPath, {"type", "rate"}); !ok) return std::unexpected(ok.error());
  const auto type = string_field(format, "type", "");
  AudioFormat made;
  if (type == "audio/pcm") {
    const json given = format.value("rate", json(made.rate));
    const std::int64_t rate = given.is_number_integer() ? given.get<std::int64_t>() : 0;
    constexpr std::array<std::int64_t, 4> kRates = {8'000, 16'000, 24'000, 48'000};
    if (std::ranges::find(kRates, rate) == kRates.end()) {
      return refuse("audio/pcm has a rate of 24000, 8000, 16000 or 48000",
                    std::string(kPath) + ".rate");
    }
    made.rate = static_cast<int>(rate);
    return made;
  }
  if (type == "audio/pcmu" || type == "audio/pcma") {
    made.kind = type == "audio/pcmu" ? AudioFormat::Kind::kMulaw : AudioFormat::Kind::kAlaw;
    made.rate = 8'000;
    if (format.contains("rate") && format["rate"] != 8'000) {
      return refuse("G.711 has a rate of 8000", std::string(kPath) + ".rate");
    }
    return made;
  }
  return refuse("the format's type must be audio/pcm, audio/pcmu or audio/pcma",
                std::string(kPath) + ".type");
}

ApiResult<UpdateSession> parse_update(const json& event, TranscriptionSettings settings) {
  const auto session = object_field(event, "session", "session");
  if (!session) return std::unexpected(session.error());
  const auto type = string_field(*session, "type", "");
  if (!type || type->empty()) return missing("session.type");
  if (*type != "transcription") {
    return refuse("this engine has sessions of type \"transcription\" only", "session.type");
  }
  if (auto ok =
          only(*session, "session", {"type", "audio", "include", "id", "object", "expires_at"});
      !ok) {
    return std::unexpected(ok.error());
  }
  const auto audio = object_field(*session, "audio", "session.audio");
  if (!audio) return std::unexpected(audio.error());
  if (auto ok = only(*audio, "session.audio", {"input"}); !ok) return std::unexpected(ok.error());
  const std::string path = "session.audio.input";
  const auto input = object_field(*audio, "input", path);
  if (!input) return std::unexpected(input.error());
  if (auto ok =
          only(*input, path, {"format", "transcription", "noise_reduction", "turn_detection"});
      !ok) {
    return std::unexpected(ok.error());
  }
  if (input->contains("turn_detection") && !(*input)["turn_detection"].is_null()) {
    return refuse("this engine detects no turns: send turn_detection null, and commit the audio",
                  path + ".turn_detection");
  }
  if (input->contains("noise_reduction") && !(*input)["noise_reduction"].is_null()) {
    return refuse("this engine reduces no noise: send noise_reduction null",
                  path + ".noise_reduction");
  }
  if (input->contains("format")) {
    const auto format = parse_format((*input)["format"]);
    if (!format) return std::unexpected(format.error());
    settings.format = *format;
  }
  if (!input->contains("transcription")) return UpdateSession{std::move(settings)};
  const std::string of = path + ".transcription";
  const auto transcription = object_field(*input, "transcription", of);
  if (!transcription) return std::unexpected(transcription.error());
  if (auto ok = only(*transcription, of,
                     {"model", "language", "prompt", "languages", "keywords", "delay"});
      !ok) {
    return std::unexpected(ok.error());
  }
  for (const auto& [name, place] :
       {std::pair{"model", &settings.model}, std::pair{"language", &settings.language},
        std::pair{"prompt", &settings.prompt}}) {
    auto text = text_at(*transcription, name, of, *place);
    if (!text) return std::unexpected(text.error());
    *place = std::move(*text);
  }
  return UpdateSession{std::move(settings)};
}

ApiResult<AppendAudio> parse_append(const json& event) {
  const auto audio = event.find("audio");
  if (audio == event.end()) return missing("audio");
  if (!audio->is_string()) return refuse("'audio' must be base64 text", "audio");
  auto bytes = base64_decode(audio->get_ref<const std::string&>());
  if (!bytes) return refuse("'audio' is not base64", "audio");
  return AppendAudio{std::move(*bytes)};
}

json words_json(std::span<const speech::Word> words) {
  json list = json::array();
  const auto seconds = [](Duration time) { return static_cast<double>(time.count()) / 1e6; };
  for (const speech::Word& word : words) {
    list.push_back(
        {{"word", word.text}, {"start", seconds(word.start)}, {"end", seconds(word.end)}});
  }
  return list;
}

json error_json(const ApiError& error) {
  return {{"type", error_type(error.status)},
          {"code", error.code.empty() ? json(nullptr) : json(error.code)},
          {"message", error.message},
          {"param", error.param.empty() ? json(nullptr) : json(error.param)}};
}

json or_null(const std::string& text) {
  return text.empty() ? json(nullptr) : json(text);
}

std::string event(std::string_view id, const std::string& type, json fields) {
  fields["event_id"] = id;
  fields["type"] = type;
  return to_text(fields);
}
}  // namespace

ClientEvent parse_realtime_event(std::string_view text, const TranscriptionSettings& current) {
  // Bounded by the socket's message limit.
  const auto parsed = parse_object(text, text.size());
  if (!parsed) return {.event_id = "", .event = BadEvent{parsed.error()}};
  std::string event_id = string_field(*parsed, "event_id", "").value_or("");
  event_id.resize(std::min(event_id.size(), kMaxEventId));
  const auto answer = [&](auto result) -> ClientEvent {
    if (!result) return {.event_id = event_id, .event = BadEvent{result.error()}};
    return {.event_id = event_id, .event = std::move(*result)};
  };
  const std::string type = string_field(*parsed, "type", "").value_or("");
  if (type == "input_audio_buffer.append") return answer(parse_append(*parsed));
  if (type == "input_audio_buffer.commit") return {.event_id = event_id, .event = CommitAudio{}};
  if (type == "input_audio_buffer.clear") return {.event_id = event_id, .event = ClearAudio{}};
  if (type == "session.update") {
    return answer(parse_update(*parsed, current));
  }
  const std::string shown = type.substr(0, 100);
  return {.event_id = event_id,
          .event = BadEvent{refuse(fmt::format("a transcription session takes session.update and "
                                               "input_audio_buffer.append, .commit and .clear, not "
                                               "'{}'",
                                               shown),
                                   "type")
                                .error()}};
}

std::string session_event(std::string_view id, const char* type, const std::string& session_id,
                          const TranscriptionSettings& settings) {
  const AudioFormat& format = settings.format;
  const char* name = format.kind == AudioFormat::Kind::kPcm     ? "audio/pcm"
                     : format.kind == AudioFormat::Kind::kMulaw ? "audio/pcmu"
                                                                : "audio/pcma";
  json audio_format = {{"type", name}};
  if (format.kind == AudioFormat::Kind::kPcm) audio_format["rate"] = format.rate;
  json transcription = {{"model", settings.model}, {"prompt", settings.prompt}};
  if (!settings.language.empty()) transcription["language"] = settings.language;
  return event(id, type,
               {{"session",
                 {{"type", "transcription"},
                  {"object", "realtime.transcription_session"},
                  {"id", session_id},
                  {"audio",
                   {{"input",
                     {{"format", std::move(audio_format)},
                      {"transcription", std::move(transcription)},
                      {"noise_reduction", nullptr},
                      {"turn_detection", nullptr}}}}},
                  {"include", nullptr}}}});
}

std::string error_event(std::string_view id, const ApiError& error, const std::string& event_id) {
  json body = error_json(error);
  body["event_id"] = or_null(event_id);
  return event(id, "error", {{"error", std::move(body)}});
}

std::string cleared_event(std::string_view id) {
  return event(id, "input_audio_buffer.cleared", json::object());
}

std::string committed_event(std::string_view id, const std::string& item,
                            const std::string& previous) {
  return event(id, "input_audio_buffer.committed",
               {{"item_id", item}, {"previous_item_id", or_null(previous)}});
}

std::string item_event(std::string_view id, const char* type, const std::string& item,
                       const std::string& previous) {
  return event(
      id, type,
      {{"previous_item_id", or_null(previous)},
       {"item",
        {{"id", item},
         {"object", "realtime.item"},
         {"type", "message"},
         {"role", "user"},
         {"status", "completed"},
         {"content", json::array({{{"type", "input_audio"}, {"transcript", nullptr}}})}}}});
}

std::string delta_event(std::string_view id, const std::string& item, const std::string& delta,
                        const DeltaDetails& details) {
  json fields = {
      {"item_id", item}, {"content_index", 0}, {"delta", delta}, {"tentative", details.tentative}};
  if (!details.words.empty() || !details.tentative_words.empty()) {
    fields["words"] = words_json(details.words);
    fields["tentative_words"] = words_json(details.tentative_words);
  }
  return event(id, fmt::format("{}.delta", kTranscriptionEvents), std::move(fields));
}

std::string completed_event(std::string_view id, const std::string& item, const std::string& text,
                            Duration audio) {
  return event(
      id, fmt::format("{}.completed", kTranscriptionEvents),
      {{"item_id", item},
       {"content_index", 0},
       {"transcript", text},
       {"usage", {{"type", "duration"}, {"seconds", static_cast<double>(audio.count()) / 1e6}}}});
}

std::string failed_event(std::string_view id, const std::string& item, const ApiError& error) {
  return event(id, fmt::format("{}.failed", kTranscriptionEvents),
               {{"item_id", item}, {"content_index", 0}, {"error", error_json(error)}});
}

}  // namespace eva::engine
