#pragma once
// Where tests find model packs that are too large for the repository.
#include <cstdlib>
#include <filesystem>

namespace eva::tensor {

/// $EVA_MODELS_DIR, by default ~/.cache/eva/models, with one folder per pack.
inline std::filesystem::path test_models() {
  if (const char* folder = std::getenv("EVA_MODELS_DIR")) return folder;
  const char* home = std::getenv("HOME");
  return std::filesystem::path(home == nullptr ? "." : home) / ".cache/eva/models";
}

}  // namespace eva::tensor

/// Skips a test whose model is not installed.
#define EVA_SKIP_WITHOUT(file)                                                  \
  if (!std::filesystem::exists(file)) {                                         \
    GTEST_SKIP() << "needs " << (file) << " (eva models pull; EVA_MODELS_DIR)"; \
  }                                                                             \
  static_assert(true)
