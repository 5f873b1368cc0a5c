#pragma once
// What a Piper voice's voice.json says about its model.
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"

namespace eva::engine {

struct PiperPack {
  int sample_rate = 0;  // Hz, of the model's output
  float noise_scale = 0;
  float length_scale = 1;  // larger is slower
  float noise_w = 0;       // variation of the phonemes' lengths
  std::unordered_map<char32_t, std::vector<std::int64_t>> ids;

  /// kNotFound: no such file. kBadConfig: not a single-speaker Piper voice; says what is wrong.
  static Result<PiperPack> read(const std::filesystem::path& voice_json);
  static Result<PiperPack> parse(std::string_view json);

  /// The model's input for an IPA text: begin mark, each symbol followed by a blank, end mark.
  /// Symbols that the voice does not know are left out.
  std::vector<std::int64_t> phoneme_ids(std::string_view ipa) const;
};

}  // namespace eva::engine
