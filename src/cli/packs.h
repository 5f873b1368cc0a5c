#pragma once
// Which model packs the settings use, and where they lie.
#include <filesystem>
#include <string>
#include <vector>

#include "config/config.h"
#include "server/session_defaults.h"

namespace eva::cli {

inline constexpr const char* kVadPack = "silero-vad-v6";

inline std::filesystem::path pack_folder(const config::Config& config, const std::string& pack) {
  return std::filesystem::path(config.models.dir) / pack;
}
inline std::filesystem::path vad_model_file(const config::Config& config) {
  return pack_folder(config, kVadPack) / "silero_vad_16k.onnx";
}

inline bool is_onnx_file(const std::string& model) {
  return model.ends_with(".onnx");
}
/// turn.model: a pack of the catalogue, or a file.
inline std::filesystem::path turn_model_file(const config::Config& config) {
  if (is_onnx_file(config.turn.model)) return config.turn.model;
  return pack_folder(config, config.turn.model) / (config.turn.model + "-cpu.onnx");
}

/// Whether the embedded engine runs at all: a door without a URL leads there.
inline bool uses_engine(const config::Config& config) {
  return config.stt.url.empty() || config.llm.url.empty() || config.tts.url.empty();
}

/// A remote recogniser or voice needs no pack.
inline std::vector<std::string> used_packs(const config::Config& config) {
  std::vector<std::string> packs{kVadPack};
  if (server::needs_turn_model(config) && !is_onnx_file(config.turn.model)) {
    packs.push_back(config.turn.model);
  }
  if (config.stt.url.empty()) packs.push_back(config.engine.stt_model);
  if (config.tts.url.empty()) packs.push_back(config.engine.voice);
  return packs;
}

}  // namespace eva::cli
