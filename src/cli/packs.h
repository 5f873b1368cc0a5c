#pragma once
// Where the model packs of the settings lie.
#include <filesystem>

#include "config/config.h"

namespace eva::cli {

inline std::filesystem::path vad_model_file(const config::Config& config) {
  return std::filesystem::path(config.models.dir) / "silero-vad-v6" / "silero_vad_16k.onnx";
}
inline std::filesystem::path pack_folder(const config::Config& config, const std::string& pack) {
  return std::filesystem::path(config.models.dir) / pack;
}

}  // namespace eva::cli
