#pragma once
// The `session` object of the OpenAI Realtime protocol (GA) and what it means for Eva.
#include <cstdint>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "session/settings.h"

namespace eva::transport {

/// A refusal as the protocol words it. `param` is the path of the field, "" if none.
struct ClientError {
  std::string code;
  std::string message;
  std::string param;
};

enum class AudioCodec { kPcm16, kMulaw, kAlaw };
struct AudioFormat {
  AudioCodec codec = AudioCodec::kPcm16;
  int rate = 24'000;  // Hz; 8000 for G.711
  bool operator==(const AudioFormat&) const = default;
};

/// What the client sees and may change. A value.
struct RealtimeSession {
  AudioFormat input;
  AudioFormat output;
  session::Settings settings;
  session::TurnDetection default_detection;  // the server's: what turning detection on again gives
  std::string model;                         // echoed
  std::string voice;  // echoed; settings.voice is "" until the client sets one
  std::string turn_detection_type = "server_vad";  // or semantic_vad, echoed
  std::string eagerness = "auto";
  bool transcription = false;  // send input_audio_transcription events
  std::string transcription_model;
  std::string noise_reduction;  // "" = null; echoed only: the audio is taken as it is
  std::string tool_choice = "auto";
  std::string truncation = "auto";
  bool reply_levels = false;  // include "eva.reply.level": send such events

  /// Applies a session.update's `session` (absent fields keep their value, as the protocol says);
  /// changes nothing if it returns an error. Unknown fields are errors.
  std::optional<ClientError> update(const nlohmann::json& patch);
  nlohmann::json to_json(const std::string& id, std::int64_t expires_at_unix) const;
};

nlohmann::json to_json(const AudioFormat& format);

}  // namespace eva::transport
