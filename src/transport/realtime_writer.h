#pragma once
// Words a session's notices as events of the OpenAI Realtime protocol (GA).
#include <cstdint>
#include <functional>
#include <string>

#include "audio/resampler.h"
#include "session/events.h"
#include "transport/realtime_session.h"

namespace eva::transport {

/// One per connection. Keeps to what the strictest known clients parse: no vendor fields, no nulls
/// in items, parts and errors, whole usage blocks, integer milliseconds (docs/protocol.md).
class RealtimeWriter {
 public:
  /// `send` gets one JSON text per event, in order, inside the calls below. `session` outlives
  /// this.
  RealtimeWriter(const RealtimeSession& session, std::string session_id, std::string id_suffix,
                 std::int64_t expires_at_unix, std::function<void(std::string)> send);

  void session_created();
  void error(const std::string& event_id, const ClientError& error,
             const char* type = "invalid_request_error");
  void notice(const session::Notice& notice);
  /// The output format changed: audio after this is in the new one.
  void output_format_changed();

 private:
  void write(const session::UserSpeechStarted& n);
  void write(const session::UserSpeechStopped& n);
  void write(const session::InputCommitted& n);
  void write(const session::InputCleared& n);
  void write(const session::ItemAdded& n);
  void write(const session::ItemDeleted& n);
  void write(const session::ItemRetrieved& n);
  void write(const session::ItemTruncated& n);
  void write(const session::TranscriptionCompleted& n);
  void write(const session::TranscriptionFailed& n);
  void write(const session::TranscriptionDelta& n);
  void write(const session::ReplyLevel& n);
  void write(const session::CallEnded&) {}  // the connection closes
  void write(const session::ReplyStarted& n);
  void write(const session::ReplyItemStarted& n);
  void write(const session::ReplyText& n);
  void write(const session::ReplyAudio& n);
  void write(const session::ReplyFinished& n);
  void write(const session::SettingsChanged& n);
  void write(const session::CommandRefused& n);
  void write(const session::TurnClosed&) {}

  void write_audio(const std::string& response_id, const std::string& item_id,
                   std::span<const std::int16_t> pcm);
  void emit(nlohmann::json event);
  std::string next_event_id();

  const RealtimeSession& session_;
  std::string session_id_;
  std::string suffix_;
  std::int64_t expires_at_;
  std::function<void(std::string)> send_;
  std::uint64_t events_ = 0;
  audio::Resampler resampler_;
  std::string resampling_;  // the response whose audio is in the resampler
};

}  // namespace eva::transport
