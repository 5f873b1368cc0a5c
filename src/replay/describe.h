#pragma once
// What every event, action and notice is made of, said once: JsonWriter writes by it and JsonReader
// reads by it. An alternative of a variant without a name or description does not compile, nor does
// one whose struct has got a member that is not described (the structured bindings count).
#include <array>
#include <string_view>
#include <type_traits>
#include <utility>

#include "replay/form.h"
#include "session/events.h"

namespace eva::replay {

// clang-format off
// ---------------------------------------------------------------- names
// The name of an alternative; the pointer only chooses the overload.
constexpr std::string_view name_of(const session::AudioReceived*) { return "audio_received"; }
constexpr std::string_view name_of(const session::Ticked*) { return "ticked"; }
constexpr std::string_view name_of(const session::SttFinished*) { return "stt_finished"; }
constexpr std::string_view name_of(const session::SttPartial*) { return "stt_partial"; }
constexpr std::string_view name_of(const session::TurnScored*) { return "turn_scored"; }
constexpr std::string_view name_of(const session::LlmText*) { return "llm_text"; }
constexpr std::string_view name_of(const session::LlmFinished*) { return "llm_finished"; }
constexpr std::string_view name_of(const session::TtsAudio*) { return "tts_audio"; }
constexpr std::string_view name_of(const session::TtsFinished*) { return "tts_finished"; }
constexpr std::string_view name_of(const session::ChangeSettings*) { return "change_settings"; }
constexpr std::string_view name_of(const session::CommitInput*) { return "commit_input"; }
constexpr std::string_view name_of(const session::ClearInput*) { return "clear_input"; }
constexpr std::string_view name_of(const session::CreateItem*) { return "create_item"; }
constexpr std::string_view name_of(const session::DeleteItem*) { return "delete_item"; }
constexpr std::string_view name_of(const session::RetrieveItem*) { return "retrieve_item"; }
constexpr std::string_view name_of(const session::TruncateItem*) { return "truncate_item"; }
constexpr std::string_view name_of(const session::CreateReply*) { return "create_reply"; }
constexpr std::string_view name_of(const session::CancelReply*) { return "cancel_reply"; }
constexpr std::string_view name_of(const session::Greet*) { return "greet"; }

constexpr std::string_view name_of(const session::StartStt*) { return "start_stt"; }
constexpr std::string_view name_of(const session::ListenStt*) { return "listen_stt"; }
constexpr std::string_view name_of(const session::FeedStt*) { return "feed_stt"; }
constexpr std::string_view name_of(const session::ScoreTurn*) { return "score_turn"; }
constexpr std::string_view name_of(const session::StartLlm*) { return "start_llm"; }
constexpr std::string_view name_of(const session::StartTts*) { return "start_tts"; }
constexpr std::string_view name_of(const session::CancelLlm*) { return "cancel_llm"; }
constexpr std::string_view name_of(const session::CancelWork*) { return "cancel_work"; }

constexpr std::string_view name_of(const session::UserSpeechStarted*) { return "user_speech_started"; }
constexpr std::string_view name_of(const session::UserSpeechStopped*) { return "user_speech_stopped"; }
constexpr std::string_view name_of(const session::InputCommitted*) { return "input_committed"; }
constexpr std::string_view name_of(const session::InputCleared*) { return "input_cleared"; }
constexpr std::string_view name_of(const session::ItemAdded*) { return "item_added"; }
constexpr std::string_view name_of(const session::ItemDeleted*) { return "item_deleted"; }
constexpr std::string_view name_of(const session::ItemRetrieved*) { return "item_retrieved"; }
constexpr std::string_view name_of(const session::ItemTruncated*) { return "item_truncated"; }
constexpr std::string_view name_of(const session::TranscriptionCompleted*) { return "transcription_completed"; }
constexpr std::string_view name_of(const session::TranscriptionFailed*) { return "transcription_failed"; }
constexpr std::string_view name_of(const session::TranscriptionDelta*) { return "transcription_delta"; }
constexpr std::string_view name_of(const session::ReplyStarted*) { return "reply_started"; }
constexpr std::string_view name_of(const session::ReplyItemStarted*) { return "reply_item_started"; }
constexpr std::string_view name_of(const session::ReplyText*) { return "reply_text"; }
constexpr std::string_view name_of(const session::ReplyAudio*) { return "reply_audio"; }
constexpr std::string_view name_of(const session::ReplyFinished*) { return "reply_finished"; }
constexpr std::string_view name_of(const session::ReplyLevel*) { return "reply_level"; }
constexpr std::string_view name_of(const session::SettingsChanged*) { return "settings_changed"; }
constexpr std::string_view name_of(const session::CommandRefused*) { return "command_refused"; }
constexpr std::string_view name_of(const session::TurnClosed*) { return "turn_closed"; }
constexpr std::string_view name_of(const session::CallEnded*) { return "call_ended"; }
// clang-format on

template <typename T>
constexpr std::string_view kName = name_of(static_cast<const T*>(nullptr));

/// The name of the alternative that a variant holds.
template <typename Variant>
std::string_view name_of_held(const Variant& variant) {
  return std::visit([](const auto& held) { return kName<std::decay_t<decltype(held)>>; }, variant);
}

/// Names of an enum's values, by value; a value beyond them is written as its number.
template <typename E>
struct EnumNames;
template <>
struct EnumNames<session::Item::Role> {
  static constexpr std::array<std::string_view, 3> kNames{"system", "user", "assistant"};
};
template <>
struct EnumNames<speech::ChatMessage::Role> {
  static constexpr std::array<std::string_view, 3> kNames{"system", "user", "assistant"};
};
template <>
struct EnumNames<session::Item::Status> {
  static constexpr std::array<std::string_view, 3> kNames{"in_progress", "completed", "incomplete"};
};
template <>
struct EnumNames<session::Item::Part::Kind> {
  static constexpr std::array<std::string_view, 4> kNames{"input_text", "input_audio",
                                                          "output_text", "output_audio"};
};
template <>
struct EnumNames<turn::EndOfTurnKind> {
  static constexpr std::array<std::string_view, 4> kNames{"silence", "dynamic", "smart", "auto"};
};
template <>
struct EnumNames<turn::BargeInKind> {
  static constexpr std::array<std::string_view, 2> kNames{"words", "speech"};
};
template <>
struct EnumNames<session::Playout::Level> {
  static constexpr std::array<std::string_view, 3> kNames{"full", "ducked", "held"};
};
template <>
struct EnumNames<session::ReplyFinished::Status> {
  static constexpr std::array<std::string_view, 4> kNames{"completed", "cancelled", "incomplete",
                                                          "failed"};
};
template <>
struct EnumNames<session::ReplyFinished::Reason> {
  static constexpr std::array<std::string_view, 4> kNames{"none", "turn_detected",
                                                          "client_cancelled", "max_output_tokens"};
};
template <>
struct EnumNames<ErrorCode> {
  static constexpr std::array<std::string_view, 12> kNames{
      "bad_input", "bad_config", "not_found", "unauthorized", "unreachable", "unavailable",
      "timeout",   "overloaded", "cancelled", "protocol",     "io",          "internal"};
};

// ---------------------------------------------------------------- descriptions
// An archive `a` takes a(name, value) for numbers, times, ids of work, enums, and structs described
// here; what people said or wrote goes through a.text, what a recogniser understood through
// a.speech, what they named through a.id, sentences that Eva makes of both through a.prose, her own
// code words through a.code, audio through a.pcm.

// --- values
template <typename A>
void describe(A& a, Error& v) {
  auto& [code, detail] = v;
  a("code", code);
  a.text("detail", detail);
}
template <typename A>
void describe(A& a, speech::Word& v) {
  auto& [text, start, end] = v;
  a.text("text", text);
  a("start", start);
  a("end", end);
}
template <typename A>
void describe(A& a, speech::Transcript& v) {
  auto& [text, words] = v;
  a.speech("text", text);
  a("words", words);
}
template <typename A>
void describe(A& a, speech::PartialTranscript& v) {
  auto& [committed, tentative, words] = v;
  a.speech("committed", committed);
  a.speech("tentative", tentative);
  a("words", words);
}
template <typename A>
void describe(A& a, speech::LlmUsage& v) {
  auto& [input_tokens, output_tokens, truncated] = v;
  a("input_tokens", input_tokens);
  a("output_tokens", output_tokens);
  a("truncated", truncated);
}
template <typename A>
void describe(A& a, speech::ChatMessage& v) {
  auto& [role, text] = v;
  a("role", role);
  a.text("text", text);
}
template <typename A>
void describe(A& a, speech::SttRequest& v) {
  auto& [pcm, language, prompt, prefix] = v;
  a.pcm("pcm", pcm);
  a.text("language", language);
  a.text("prompt", prompt);
  a.text("prefix", prefix);
}
template <typename A>
void describe(A& a, speech::SttStreamRequest& v) {
  auto& [language, prompt] = v;
  a.text("language", language);
  a.text("prompt", prompt);
}
template <typename A>
void describe(A& a, speech::LlmRequest& v) {
  auto& [messages, max_tokens] = v;
  a("messages", messages);
  a("max_tokens", max_tokens);
}
template <typename A>
void describe(A& a, speech::TtsRequest& v) {
  auto& [text, voice, speed] = v;
  a.text("text", text);
  a.text("voice", voice);
  a("speed", speed);
}
template <typename A>
void describe(A& a, turn::TurnSettings& v) {
  auto& [threshold, end_of_turn, silence, min_speech, stt_after, max_turn] = v;
  a("threshold", threshold);
  a("end_of_turn", end_of_turn);
  a("silence", silence);
  a("min_speech", min_speech);
  a("stt_after", stt_after);
  a("max_turn", max_turn);
}
template <typename A>
void describe(A& a, turn::BargeInSettings& v) {
  auto& [kind, interrupt_speech, interruptible, agent_heard] = v;
  a("kind", kind);
  a("interrupt_speech", interrupt_speech);
  a("interruptible", interruptible);
  a("agent_heard", agent_heard);
}
template <typename A>
void describe(A& a, session::TurnDetection& v) {
  auto& [turn, prefix_padding, create_response, interrupt_response, barge_in] = v;
  a("turn", turn);
  a("prefix_padding", prefix_padding);
  a("create_response", create_response);
  a("interrupt_response", interrupt_response);
  a("barge_in", barge_in);
}
template <typename A>
void describe(A& a, session::Settings& v) {
  auto& [instructions, turn_detection, language, prompt, voice, speed, audio_output,
         max_output_tokens] = v;
  a.text("instructions", instructions);
  a("turn_detection", turn_detection);
  a.text("language", language);
  a.text("prompt", prompt);
  a.text("voice", voice);
  a("speed", speed);
  a("audio_output", audio_output);
  a("max_output_tokens", max_output_tokens);
}
template <typename A>
void describe(A& a, session::LongSilence& v) {
  auto& [after, prompt, prompts, goodbye] = v;
  a("after", after);
  a.text("prompt", prompt);
  a("prompts", prompts);
  a.text("goodbye", goodbye);
}
template <typename A>
void describe(A& a, session::Limits& v) {
  auto& [silence, items, context_characters, reply_characters, manual_buffer, playout_lead,
         echo_guard, level_gate, partials, speculations] = v;
  a("silence", silence);
  a("items", items);
  a("context_characters", context_characters);
  a("reply_characters", reply_characters);
  a("manual_buffer", manual_buffer);
  a("playout_lead", playout_lead);
  a("echo_guard", echo_guard);
  a("level_gate", level_gate);
  a("partials", partials);
  a("speculations", speculations);
}
template <typename A>
void describe(A& a, turn::Lexicon& v) {
  auto& [backchannels, stops] = v;
  a.phrases("backchannels", backchannels);
  a.phrases("stops", stops);
}
template <typename A>
void describe(A& a, session::ReplyOptions& v) {
  auto& [instructions, audio_output, max_output_tokens, voice, metadata] = v;
  a.text("instructions", instructions);
  a("audio_output", audio_output);
  a("max_output_tokens", max_output_tokens);
  a.text("voice", voice);
  a.metadata("metadata", metadata);
}
template <typename A>
void describe(A& a, session::Item::Part& v) {
  auto& [kind, text] = v;
  a("kind", kind);
  a.text("text", text);
}
template <typename A>
void describe(A& a, session::Item& v) {
  auto& [id, role, status, parts] = v;
  a.id("id", id);
  a("role", role);
  a("status", status);
  a("parts", parts);
}
template <typename A>
void describe(A& a, session::OverlapRecord& v) {
  auto& [start, ducked_at, held_at, judged_at, stopped, words] = v;
  a("start", start);
  a("ducked_at", ducked_at);
  a("held_at", held_at);
  a("judged_at", judged_at);
  a("stopped", stopped);
  a.texts("words", words);
}
template <typename A>
void describe(A& a, session::TurnRecord& v) {
  auto& [user_item_id, response_id, speech_start, speech_end, speech_end_at, turn_ended_at,
         stt_started_at, stt_final_at, user_text, speculations, speculation_used, wasted_characters,
         wasted_voice, reply_started_at, first_token_at, first_audio_at, first_audible_at,
         reply_text, overlaps, interrupted, interrupted_at, heard_text, heard, error] = v;
  a.id("user_item_id", user_item_id);
  a.id("response_id", response_id);
  a("speech_start", speech_start);
  a("speech_end", speech_end);
  a("speech_end_at", speech_end_at);
  a("turn_ended_at", turn_ended_at);
  a("stt_started_at", stt_started_at);
  a("stt_final_at", stt_final_at);
  a.text("user_text", user_text);
  a("speculations", speculations);
  a("speculation_used", speculation_used);
  a("wasted_characters", wasted_characters);
  a("wasted_voice", wasted_voice);
  a("reply_started_at", reply_started_at);
  a("first_token_at", first_token_at);
  a("first_audio_at", first_audio_at);
  a("first_audible_at", first_audible_at);
  a.text("reply_text", reply_text);
  a("overlaps", overlaps);
  a("interrupted", interrupted);
  a("interrupted_at", interrupted_at);
  a.text("heard_text", heard_text);
  a("heard", heard);
  a.text("error", error);
}

// --- events
template <typename A>
void describe(A& a, session::AudioReceived& v) {
  auto& [pcm] = v;
  a.pcm(AudioFile::kUser, pcm);
}
template <typename A>
void describe(A&, session::Ticked&) {}
template <typename A>
void describe(A& a, session::SttFinished& v) {
  auto& [turn, result] = v;
  a("turn", turn);
  a("result", result);
}
template <typename A>
void describe(A& a, session::SttPartial& v) {
  auto& [turn, partial] = v;
  a("turn", turn);
  a("partial", partial);
}
template <typename A>
void describe(A& a, session::TurnScored& v) {
  auto& [turn, probability] = v;
  a("turn", turn);
  a("probability", probability);
}
template <typename A>
void describe(A& a, session::LlmText& v) {
  auto& [turn, text] = v;
  a("turn", turn);
  a.text("text", text);
}
template <typename A>
void describe(A& a, session::LlmFinished& v) {
  auto& [turn, result] = v;
  a("turn", turn);
  a("result", result);
}
template <typename A>
void describe(A& a, session::TtsAudio& v) {
  auto& [turn, piece, pcm] = v;
  a("turn", turn);
  a("piece", piece);
  a.pcm(AudioFile::kVoice, pcm);
}
template <typename A>
void describe(A& a, session::TtsFinished& v) {
  auto& [turn, piece, result] = v;
  a("turn", turn);
  a("piece", piece);
  a("result", result);
}
template <typename A>
void describe(A& a, session::ChangeSettings& v) {
  auto& [event_id, settings] = v;
  a.id("event_id", event_id);
  a("settings", settings);
}
template <typename A>
void describe(A& a, session::CommitInput& v) {
  auto& [event_id] = v;
  a.id("event_id", event_id);
}
template <typename A>
void describe(A& a, session::ClearInput& v) {
  auto& [event_id] = v;
  a.id("event_id", event_id);
}
template <typename A>
void describe(A& a, session::CreateItem& v) {
  auto& [event_id, item, previous, audio] = v;
  a.id("event_id", event_id);
  a("item", item);
  a.id("previous", previous);
  a.pcm(AudioFile::kItems, audio);
}
template <typename A>
void describe(A& a, session::DeleteItem& v) {
  auto& [event_id, item_id] = v;
  a.id("event_id", event_id);
  a.id("item_id", item_id);
}
template <typename A>
void describe(A& a, session::RetrieveItem& v) {
  auto& [event_id, item_id] = v;
  a.id("event_id", event_id);
  a.id("item_id", item_id);
}
template <typename A>
void describe(A& a, session::TruncateItem& v) {
  auto& [event_id, item_id, audio_end] = v;
  a.id("event_id", event_id);
  a.id("item_id", item_id);
  a("audio_end", audio_end);
}
template <typename A>
void describe(A& a, session::CreateReply& v) {
  auto& [event_id, options] = v;
  a.id("event_id", event_id);
  a("options", options);
}
template <typename A>
void describe(A& a, session::CancelReply& v) {
  auto& [event_id, response_id] = v;
  a.id("event_id", event_id);
  a.id("response_id", response_id);
}
template <typename A>
void describe(A& a, session::Greet& v) {
  auto& [text] = v;
  a.text("text", text);
}

// --- notices
template <typename A>
void describe(A& a, session::UserSpeechStarted& v) {
  auto& [item_id, start] = v;
  a.id("item_id", item_id);
  a("start", start);
}
template <typename A>
void describe(A& a, session::UserSpeechStopped& v) {
  auto& [item_id, end] = v;
  a.id("item_id", item_id);
  a("end", end);
}
template <typename A>
void describe(A& a, session::InputCommitted& v) {
  auto& [item_id, previous] = v;
  a.id("item_id", item_id);
  a.id("previous", previous);
}
template <typename A>
void describe(A&, session::InputCleared&) {}
template <typename A>
void describe(A& a, session::ItemAdded& v) {
  auto& [item, previous] = v;
  a("item", item);
  a.id("previous", previous);
}
template <typename A>
void describe(A& a, session::ItemDeleted& v) {
  auto& [item_id] = v;
  a.id("item_id", item_id);
}
template <typename A>
void describe(A& a, session::ItemRetrieved& v) {
  auto& [item] = v;
  a("item", item);
}
template <typename A>
void describe(A& a, session::ItemTruncated& v) {
  auto& [item_id, audio_end] = v;
  a.id("item_id", item_id);
  a("audio_end", audio_end);
}
template <typename A>
void describe(A& a, session::TranscriptionCompleted& v) {
  auto& [item_id, text, audio] = v;
  a.id("item_id", item_id);
  a.text("text", text);
  a("audio", audio);
}
template <typename A>
void describe(A& a, session::TranscriptionFailed& v) {
  auto& [item_id, error] = v;
  a.id("item_id", item_id);
  a("error", error);
}
template <typename A>
void describe(A& a, session::TranscriptionDelta& v) {
  auto& [item_id, text] = v;
  a.id("item_id", item_id);
  a.text("text", text);
}
template <typename A>
void describe(A& a, session::ReplyStarted& v) {
  auto& [response_id, audio, metadata] = v;
  a.id("response_id", response_id);
  a("audio", audio);
  a.metadata("metadata", metadata);
}
template <typename A>
void describe(A& a, session::ReplyItemStarted& v) {
  auto& [response_id, item_id, audio, previous] = v;
  a.id("response_id", response_id);
  a.id("item_id", item_id);
  a("audio", audio);
  a.id("previous", previous);
}
template <typename A>
void describe(A& a, session::ReplyText& v) {
  auto& [response_id, item_id, text, audio] = v;
  a.id("response_id", response_id);
  a.id("item_id", item_id);
  a.text("text", text);
  a("audio", audio);
}
template <typename A>
void describe(A& a, session::ReplyAudio& v) {
  auto& [response_id, item_id, pcm] = v;
  a.id("response_id", response_id);
  a.id("item_id", item_id);
  a.pcm("pcm", pcm);
}
template <typename A>
void describe(A& a, session::ReplyFinished& v) {
  auto& [response_id, status, reason, error, item, audio, metadata, usage, audio_sent] = v;
  a.id("response_id", response_id);
  a("status", status);
  a("reason", reason);
  a("error", error);
  a("item", item);
  a("audio", audio);
  a.metadata("metadata", metadata);
  a("usage", usage);
  a("audio_sent", audio_sent);
}
template <typename A>
void describe(A& a, session::ReplyLevel& v) {
  auto& [response_id, level] = v;
  a.id("response_id", response_id);
  a("level", level);
}
template <typename A>
void describe(A& a, session::SettingsChanged& v) {
  auto& [settings] = v;
  a("settings", settings);
}
template <typename A>
void describe(A& a, session::CommandRefused& v) {
  auto& [event_id, code, message, param] = v;
  a.id("event_id", event_id);
  a.code("code", code);
  a.prose("message", message);
  a.code("param", param);
}
template <typename A>
void describe(A&, session::CallEnded&) {}
template <typename A>
void describe(A& a, session::TurnClosed& v) {
  auto& [record] = v;
  a("record", record);
}

// --- actions
template <typename A>
void describe(A& a, session::StartStt& v) {
  auto& [turn, request] = v;
  a("turn", turn);
  a("request", request);
}
template <typename A>
void describe(A& a, session::ListenStt& v) {
  auto& [turn, request] = v;
  a("turn", turn);
  a("request", request);
}
template <typename A>
void describe(A& a, session::FeedStt& v) {
  auto& [turn, pcm] = v;
  a("turn", turn);
  a.pcm("pcm", pcm);
}
template <typename A>
void describe(A& a, session::ScoreTurn& v) {
  auto& [turn, pcm] = v;
  a("turn", turn);
  a.pcm("pcm", pcm);
}
template <typename A>
void describe(A& a, session::StartLlm& v) {
  auto& [turn, request] = v;
  a("turn", turn);
  a("request", request);
}
template <typename A>
void describe(A& a, session::StartTts& v) {
  auto& [turn, piece, request] = v;
  a("turn", turn);
  a("piece", piece);
  a("request", request);
}
template <typename A>
void describe(A& a, session::CancelLlm& v) {
  auto& [turn] = v;
  a("turn", turn);
}
template <typename A>
void describe(A& a, session::CancelWork& v) {
  auto& [turn] = v;
  a("turn", turn);
}

}  // namespace eva::replay
