#include "transport/realtime_writer.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "audio/g711.h"
#include "base/base64.h"
#include "session/playout.h"

namespace eva::transport {
namespace {

using nlohmann::json;
using session::Item;
using session::ReplyFinished;

const char* role_name(Item::Role role) {
  switch (role) {
    case Item::Role::kSystem:
      return "system";
    case Item::Role::kUser:
      return "user";
    case Item::Role::kAssistant:
      return "assistant";
  }
  return "user";
}

const char* status_name(Item::Status status) {
  switch (status) {
    case Item::Status::kInProgress:
      return "in_progress";
    case Item::Status::kCompleted:
      return "completed";
    case Item::Status::kIncomplete:
      return "incomplete";
  }
  return "completed";
}

json part_json(const Item::Part& part) {
  using Kind = Item::Part::Kind;
  switch (part.kind) {
    case Kind::kInputText:
      return {{"type", "input_text"}, {"text", part.text}};
    case Kind::kOutputText:
      return {{"type", "output_text"}, {"text", part.text}};
    case Kind::kOutputAudio:
      return {{"type", "output_audio"}, {"transcript", part.text}};
    case Kind::kInputAudio: {
      json out{{"type", "input_audio"}};
      if (!part.text.empty()) out["transcript"] = part.text;
      return out;
    }
  }
  return nullptr;
}

json item_json(const Item& item) {
  json content = json::array();
  for (const auto& part : item.parts) content.push_back(part_json(part));
  return {{"id", item.id},
          {"object", "realtime.item"},
          {"type", "message"},
          {"status", status_name(item.status)},
          {"role", role_name(item.role)},
          {"content", std::move(content)}};
}

json previous_json(const std::optional<std::string>& previous) {
  return previous ? json(*previous) : json(nullptr);
}

json usage_json(const speech::LlmUsage& usage) {
  return {
      {"total_tokens", usage.input_tokens + usage.output_tokens},
      {"input_tokens", usage.input_tokens},
      {"output_tokens", usage.output_tokens},
      {"input_token_details",
       {{"text_tokens", usage.input_tokens},
        {"audio_tokens", 0},
        {"image_tokens", 0},
        {"cached_tokens", 0},
        {"cached_tokens_details", {{"text_tokens", 0}, {"audio_tokens", 0}, {"image_tokens", 0}}}}},
      {"output_token_details", {{"text_tokens", usage.output_tokens}, {"audio_tokens", 0}}}};
}

const char* status_name(ReplyFinished::Status status) {
  switch (status) {
    case ReplyFinished::Status::kCompleted:
      return "completed";
    case ReplyFinished::Status::kCancelled:
      return "cancelled";
    case ReplyFinished::Status::kIncomplete:
      return "incomplete";
    case ReplyFinished::Status::kFailed:
      return "failed";
  }
  return "failed";
}

const char* reason_name(ReplyFinished::Reason reason) {
  switch (reason) {
    case ReplyFinished::Reason::kTurnDetected:
      return "turn_detected";
    case ReplyFinished::Reason::kClientCancelled:
      return "client_cancelled";
    case ReplyFinished::Reason::kMaxOutputTokens:
      return "max_output_tokens";
    case ReplyFinished::Reason::kNone:
      return "";
  }
  return "";
}

/// For the client: what a provider said and where it runs is the operator's, in the log.
std::string public_message(const char* doing, const Error& error) {
  switch (error.code) {
    case ErrorCode::kTimeout:
      return std::string("The server's engine took too long in ") + doing + ".";
    case ErrorCode::kOverloaded:
      return std::string("The server is too busy for ") + doing + "; try again later.";
    default:
      return std::string("The server failed in ") + doing + "; its log tells why.";
  }
}
}  // namespace

RealtimeWriter::RealtimeWriter(const RealtimeSession& session, std::string session_id,
                               std::string id_suffix, std::int64_t expires_at_unix,
                               std::function<void(std::string)> send)
    : session_(session),
      session_id_(std::move(session_id)),
      suffix_(std::move(id_suffix)),
      expires_at_(expires_at_unix),
      send_(std::move(send)),
      resampler_(session::Playout::kRate, session.output.rate) {}

std::string RealtimeWriter::next_event_id() {
  return "event_" + suffix_ + std::to_string(++events_);
}

void RealtimeWriter::emit(json event) {
  event["event_id"] = next_event_id();
  // The brain's or a provider's text may hold broken UTF-8; it must not break the protocol.
  send_(event.dump(-1, ' ', false, json::error_handler_t::replace));
}

void RealtimeWriter::session_created() {
  emit({{"type", "session.created"}, {"session", session_.to_json(session_id_, expires_at_)}});
}

void RealtimeWriter::error(const std::string& event_id, const ClientError& error,
                           const char* type) {
  json inner{{"type", type}, {"code", error.code}, {"message", error.message}};
  if (!error.param.empty()) inner["param"] = error.param;
  if (!event_id.empty()) inner["event_id"] = event_id;
  emit({{"type", "error"}, {"error", std::move(inner)}});
}

void RealtimeWriter::notice(const session::Notice& notice) {
  std::visit([this](const auto& n) { write(n); }, notice);
}

void RealtimeWriter::output_format_changed() {
  resampler_ = audio::Resampler(session::Playout::kRate, session_.output.rate);
}

void RealtimeWriter::write(const session::UserSpeechStarted& n) {
  emit({{"type", "input_audio_buffer.speech_started"},
        {"audio_start_ms", to_ms(n.start)},
        {"item_id", n.item_id}});
}

void RealtimeWriter::write(const session::UserSpeechStopped& n) {
  emit({{"type", "input_audio_buffer.speech_stopped"},
        {"audio_end_ms", to_ms(n.end)},
        {"item_id", n.item_id}});
}

void RealtimeWriter::write(const session::InputCommitted& n) {
  emit({{"type", "input_audio_buffer.committed"},
        {"item_id", n.item_id},
        {"previous_item_id", previous_json(n.previous)}});
}

void RealtimeWriter::write(const session::InputCleared&) {
  emit({{"type", "input_audio_buffer.cleared"}});
}

void RealtimeWriter::write(const session::ItemAdded& n) {
  const json item = item_json(n.item);
  for (const char* type : {"conversation.item.added", "conversation.item.done"}) {
    emit({{"type", type}, {"item", item}, {"previous_item_id", previous_json(n.previous)}});
  }
}

void RealtimeWriter::write(const session::ItemDeleted& n) {
  emit({{"type", "conversation.item.deleted"}, {"item_id", n.item_id}});
}

void RealtimeWriter::write(const session::ItemRetrieved& n) {
  emit({{"type", "conversation.item.retrieved"}, {"item", item_json(n.item)}});
}

void RealtimeWriter::write(const session::ItemTruncated& n) {
  emit({{"type", "conversation.item.truncated"},
        {"item_id", n.item_id},
        {"content_index", 0},
        {"audio_end_ms", to_ms(n.audio_end)}});
}

void RealtimeWriter::write(const session::TranscriptionCompleted& n) {
  if (!session_.transcription) return;
  emit(
      {{"type", "conversation.item.input_audio_transcription.completed"},
       {"item_id", n.item_id},
       {"content_index", 0},
       {"transcript", n.text},
       {"usage", {{"type", "duration"}, {"seconds", static_cast<double>(n.audio.count()) / 1e6}}}});
}

void RealtimeWriter::write(const session::TranscriptionDelta& n) {
  if (!session_.transcription) return;
  emit({{"type", "conversation.item.input_audio_transcription.delta"},
        {"item_id", n.item_id},
        {"content_index", 0},
        {"delta", n.text}});
}

void RealtimeWriter::write(const session::ReplyLevel& n) {
  if (!session_.reply_levels) return;
  using Level = session::Playout::Level;
  emit({{"type", "eva.reply.level"},
        {"response_id", n.response_id},
        {"level", n.level == Level::kFull     ? "full"
                  : n.level == Level::kDucked ? "ducked"
                                              : "held"}});
}

void RealtimeWriter::write(const session::TranscriptionFailed& n) {
  if (!session_.transcription) return;
  emit({{"type", "conversation.item.input_audio_transcription.failed"},
        {"item_id", n.item_id},
        {"content_index", 0},
        {"error",
         {{"type", "server_error"},
          {"code", std::string(to_string(n.error.code))},
          {"message", public_message("recognising speech", n.error)}}}});
}

void RealtimeWriter::write(const session::ReplyStarted& n) {
  json response{{"id", n.response_id},
                {"object", "realtime.response"},
                {"status", "in_progress"},
                {"status_details", nullptr},
                {"output", json::array()},
                {"conversation_id", "conv_" + suffix_},
                {"output_modalities", json::array({n.audio ? "audio" : "text"})}};
  if (!n.metadata.empty()) response["metadata"] = n.metadata;
  emit({{"type", "response.created"}, {"response", std::move(response)}});
}

void RealtimeWriter::write(const session::ReplyItemStarted& n) {
  const Item item{.id = n.item_id,
                  .role = Item::Role::kAssistant,
                  .status = Item::Status::kInProgress,
                  .parts = {}};
  emit({{"type", "response.output_item.added"},
        {"response_id", n.response_id},
        {"output_index", 0},
        {"item", item_json(item)}});
  emit({{"type", "conversation.item.added"},
        {"item", item_json(item)},
        {"previous_item_id", previous_json(n.previous)}});
  json part{{"type", n.audio ? "audio" : "text"}};
  part[n.audio ? "transcript" : "text"] = "";
  emit({{"type", "response.content_part.added"},
        {"response_id", n.response_id},
        {"item_id", n.item_id},
        {"output_index", 0},
        {"content_index", 0},
        {"part", std::move(part)}});
}

void RealtimeWriter::write(const session::ReplyText& n) {
  const char* type =
      n.audio ? "response.output_audio_transcript.delta" : "response.output_text.delta";
  emit({{"type", type},
        {"response_id", n.response_id},
        {"item_id", n.item_id},
        {"output_index", 0},
        {"content_index", 0},
        {"delta", n.text}});
}

// Written by hand: 50 times a second and session, most of all bytes.
void RealtimeWriter::write(const session::ReplyAudio& n) {
  if (std::exchange(resampling_, n.response_id) != n.response_id) output_format_changed();
  std::vector<std::int16_t> pcm;
  resampler_.process(n.pcm, pcm);
  write_audio(n.response_id, n.item_id, pcm);
}

void RealtimeWriter::write_audio(const std::string& response_id, const std::string& item_id,
                                 std::span<const std::int16_t> pcm) {
  if (pcm.empty()) return;
  std::vector<std::uint8_t> bytes;
  if (session_.output.codec == AudioCodec::kPcm16) {
    bytes.resize(pcm.size() * 2);
    for (std::size_t i = 0; i < pcm.size(); ++i) {
      const auto sample = static_cast<std::uint16_t>(pcm[i]);
      bytes[2 * i] = static_cast<std::uint8_t>(sample & 0xff);
      bytes[2 * i + 1] = static_cast<std::uint8_t>(sample >> 8);
    }
  } else {
    const bool mulaw = session_.output.codec == AudioCodec::kMulaw;
    bytes.reserve(pcm.size());
    for (const auto s : pcm) {
      bytes.push_back(mulaw ? audio::encode_mulaw(s) : audio::encode_alaw(s));
    }
  }
  std::string text = R"({"type":"response.output_audio.delta","event_id":")" + next_event_id() +
                     R"(","response_id":")" + response_id + R"(","item_id":")" + item_id +
                     R"(","output_index":0,"content_index":0,"delta":")";
  base64_append(text, bytes);
  text += "\"}";
  send_(std::move(text));
}

void RealtimeWriter::write(const session::ReplyFinished& n) {
  json output = json::array();
  if (n.item) {
    const std::string& text = n.item->parts.back().text;
    const json common{{"response_id", n.response_id},
                      {"item_id", n.item->id},
                      {"output_index", 0},
                      {"content_index", 0}};
    const auto with = [&](json event) {
      event.update(common);
      emit(std::move(event));
    };
    if (n.audio) {
      if (resampling_ == n.response_id && n.status != ReplyFinished::Status::kCancelled) {
        std::vector<std::int16_t> rest;
        resampler_.flush(rest);
        write_audio(n.response_id, n.item->id, rest);
      }
      with({{"type", "response.output_audio.done"}});
      with({{"type", "response.output_audio_transcript.done"}, {"transcript", text}});
    } else {
      with({{"type", "response.output_text.done"}, {"text", text}});
    }
    json part{{"type", n.audio ? "audio" : "text"}};
    part[n.audio ? "transcript" : "text"] = text;
    with({{"type", "response.content_part.done"}, {"part", std::move(part)}});
    const json item = item_json(*n.item);
    emit({{"type", "response.output_item.done"},
          {"response_id", n.response_id},
          {"output_index", 0},
          {"item", item}});
    emit({{"type", "conversation.item.done"}, {"item", item}});
    output.push_back(item);
  }
  json response{{"id", n.response_id},
                {"object", "realtime.response"},
                {"status", status_name(n.status)},
                {"status_details", nullptr},
                {"output", std::move(output)},
                {"conversation_id", "conv_" + suffix_},
                {"output_modalities", json::array({n.audio ? "audio" : "text"})},
                {"usage", usage_json(n.usage)}};
  if (!n.metadata.empty()) response["metadata"] = n.metadata;
  if (n.status != ReplyFinished::Status::kCompleted) {
    json details{{"type", status_name(n.status)}};
    if (n.reason != ReplyFinished::Reason::kNone) details["reason"] = reason_name(n.reason);
    if (n.error) {
      details["error"] = {{"type", "server_error"},
                          {"code", std::string(to_string(n.error->code))},
                          {"message", public_message("answering", *n.error)}};
    }
    response["status_details"] = std::move(details);
  }
  emit({{"type", "response.done"}, {"response", std::move(response)}});
}

void RealtimeWriter::write(const session::SettingsChanged&) {
  emit({{"type", "session.updated"}, {"session", session_.to_json(session_id_, expires_at_)}});
}

void RealtimeWriter::write(const session::CommandRefused& n) {
  error(n.event_id, {n.code, n.message, n.param});
}

}  // namespace eva::transport
