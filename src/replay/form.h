#pragma once
// The form of a recording on disk: its files, and what stands in its first line.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"
#include "session/session.h"

namespace eva::replay {

/// Raised when a recording of before can no longer be read; fields may be added without.
inline constexpr int kFormat = 1;

/// The audio of a recording, besides call.jsonl. Each file holds, end to end, what the lines count.
enum class AudioFile : std::size_t {
  kUser,   // user.wav: 16 kHz, the caller's, on media time
  kVoice,  // voice.wav: 24 kHz, all that the voice made, heard or not, in order of its arrival
  kItems,  // items.wav: 16 kHz, audio of items that the client created
};
inline constexpr std::size_t kAudioFiles = 3;
inline constexpr std::array<std::string_view, kAudioFiles> kAudioNames = {"user.wav", "voice.wav",
                                                                          "items.wav"};
inline constexpr std::array<int, kAudioFiles> kAudioRates = {16'000, 24'000, 16'000};
inline constexpr std::string_view kEventsName = "call.jsonl";

/// The first line of call.jsonl.
struct Header {
  std::string eva;        // version of the program
  std::string started;    // "2026-11-23T15:37:04Z"
  bool redacted = false;  // no audio, no text
  std::string id_suffix;  // of the session
  Time start{};           // session time of t_us 0
  session::Settings settings;
  session::Limits limits;
  turn::Lexicon lexicon;
};

}  // namespace eva::replay
