#pragma once
// What a Whisper model pack says about itself (whisper.json; tools/models writes it).
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"

namespace eva::engine {

inline constexpr std::int64_t kLeastTextPositions = 256;

struct WhisperPack {
  int mel_bands;
  std::int64_t vocabulary;
  std::int64_t text_layers;
  std::int64_t text_state;      // values per layer and position
  std::int64_t text_positions;  // prompt and text together, >= kLeastTextPositions
  std::int64_t start_of_transcript;
  std::int64_t end_of_text;  // every id above is special, never text
  std::int64_t transcribe;
  std::int64_t no_timestamps;
  std::int64_t no_speech;
  double no_speech_threshold;                     // see speech_guard.h
  std::map<std::string, std::int64_t> languages;  // ISO-639-1 to id; empty: English only
  std::vector<std::int64_t> suppress;             // never chosen
  std::vector<std::int64_t> suppress_first;       // not chosen as the first token
  bool alignment = false;                         // the decoder tells where it looks: word times
};

/// kNotFound: no whisper.json in the folder. kBadConfig: not one that this version reads.
Result<WhisperPack> read_whisper_pack(const std::filesystem::path& folder);
/// The same from the content of whisper.json.
Result<WhisperPack> parse_whisper_pack(const std::string& json);

}  // namespace eva::engine
