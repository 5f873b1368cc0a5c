#include "engine/whisper_pack.h"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

namespace eva::engine {
namespace {

constexpr int kFormat = 1;

std::int64_t number(const nlohmann::json& json, const char* key, std::int64_t least,
                    std::int64_t most) {
  const std::int64_t value = json.at(key).get<std::int64_t>();
  if (value < least || value > most) {
    throw std::out_of_range(fmt::format("{} is {}, not {} to {}", key, value, least, most));
  }
  return value;
}

void check_ids(const std::vector<std::int64_t>& ids, std::int64_t vocabulary) {
  for (const std::int64_t id : ids) {
    if (id < 0 || id >= vocabulary) {
      throw std::out_of_range(fmt::format("token {} is not in the vocabulary", id));
    }
  }
}

/// Throws nlohmann's and standard exceptions.
WhisperPack from_json(const nlohmann::json& json) {
  number(json, "format", kFormat, kFormat);
  const std::int64_t vocabulary = number(json, "vocabulary", 1000, 200'000);
  const auto id = [&](const char* key) { return number(json, key, 0, vocabulary - 1); };
  WhisperPack pack{
      .mel_bands = static_cast<int>(number(json, "n_mels", 40, 128)),
      .vocabulary = vocabulary,
      .text_layers = number(json, "text_layers", 1, 64),
      .text_state = number(json, "text_state", 64, 4096),
      .text_positions = number(json, "text_positions", kLeastTextPositions, 4096),
      .start_of_transcript = id("start_of_transcript"),
      .end_of_text = id("end_of_text"),
      .transcribe = id("transcribe"),
      .no_timestamps = id("no_timestamps"),
      .no_speech = id("no_speech"),
      .no_speech_threshold = json.at("no_speech_threshold").get<double>(),
      .languages = json.at("languages").get<std::map<std::string, std::int64_t>>(),
      .suppress = json.at("suppress").get<std::vector<std::int64_t>>(),
      .suppress_first = json.at("suppress_first").get<std::vector<std::int64_t>>(),
      .alignment = json.value("alignment", false),
  };
  for (const auto& [code, language] : pack.languages) check_ids({language}, vocabulary);
  check_ids(pack.suppress, vocabulary);
  check_ids(pack.suppress_first, vocabulary);
  return pack;
}

}  // namespace

Result<WhisperPack> parse_whisper_pack(const std::string& json) {
  try {
    return from_json(nlohmann::json::parse(json));
  } catch (const std::exception& error) {
    return fail(ErrorCode::kBadConfig, fmt::format("whisper.json: {}", error.what()));
  }
}

Result<WhisperPack> read_whisper_pack(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "whisper.json";
  std::ifstream stream(file);
  if (!stream) {
    return fail(ErrorCode::kNotFound, fmt::format("no Whisper pack: {} is missing", file.string()));
  }
  std::stringstream content;
  content << stream.rdbuf();
  return parse_whisper_pack(content.str());
}

}  // namespace eva::engine
