#pragma once
// The events of a Realtime transcription session as values, and as JSON text.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.h"
#include "engine/service_error.h"
#include "speech/stt.h"

namespace eva::engine {

/// How a client sends audio: mono, 16 bit little-endian or G.711.
struct AudioFormat {
  enum class Kind { kPcm, kMulaw, kAlaw };
  Kind kind = Kind::kPcm;
  int rate = 24'000;  // Hz; G.711 is always at 8000
};

/// What a client may set.
struct TranscriptionSettings {
  AudioFormat format;
  std::string model;     // echoed
  std::string language;  // ISO-639-1, "" = the recogniser decides
  std::string prompt;    // echoed
};

struct UpdateSession {
  TranscriptionSettings settings;  // after the update
};
struct AppendAudio {
  std::vector<std::uint8_t> bytes;
};
struct CommitAudio {};
struct ClearAudio {};
struct BadEvent {
  ApiError error;
};
struct ClientEvent {
  std::string event_id;  // as the client sent it, for errors
  std::variant<BadEvent, UpdateSession, AppendAudio, CommitAudio, ClearAudio> event;
};

/// Pure; survives any input. `current`: the settings that an update changes.
ClientEvent parse_realtime_event(std::string_view text, const TranscriptionSettings& current);

// Events of the server as text; `id` names the event.
std::string session_event(std::string_view id, const char* type, const std::string& session_id,
                          const TranscriptionSettings& settings);
std::string error_event(std::string_view id, const ApiError& error, const std::string& event_id);
std::string cleared_event(std::string_view id);
/// `previous` = "" is null.
std::string committed_event(std::string_view id, const std::string& item,
                            const std::string& previous);
/// `type`: conversation.item.added or .done.
std::string item_event(std::string_view id, const char* type, const std::string& item,
                       const std::string& previous);

/// What a delta tells beyond its words; stock clients pass over it (docs/engine-api.md).
struct DeltaDetails {
  std::string tentative;  // what probably follows
  std::span<const speech::Word> words;
  std::span<const speech::Word> tentative_words;
};
std::string delta_event(std::string_view id, const std::string& item, const std::string& delta,
                        const DeltaDetails& details);
std::string completed_event(std::string_view id, const std::string& item, const std::string& text,
                            Duration audio);
std::string failed_event(std::string_view id, const std::string& item, const ApiError& error);

}  // namespace eva::engine
