#pragma once
// Parses what a Realtime client sends: one JSON text, one event or one refusal.
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "session/events.h"
#include "transport/realtime_session.h"

namespace eva::transport {

struct AppendAudio {
  std::string event_id;
  std::vector<std::uint8_t> bytes;  // in the session's input format, not yet checked against it
};
struct UpdateSession {
  std::string event_id;
  std::string session;  // the JSON text of `session`
};
struct CreateAudioItem {  // conversation.item.create with input_audio: the audio is still encoded
  session::CreateItem item;
  std::vector<std::uint8_t> bytes;
};
struct BadEvent {
  std::string event_id;
  ClientError error;
};

using ClientEvent =
    std::variant<BadEvent, AppendAudio, UpdateSession, CreateAudioItem, session::Event>;

/// Pure; survives any input (fuzzed). Never returns AudioReceived or engine results.
ClientEvent parse_client_event(std::string_view text);

}  // namespace eva::transport
