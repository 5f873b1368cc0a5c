#pragma once
// `eva engine`: the embedded engines as a program.
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"

namespace eva::engine {

struct EngineSettings {
  std::string listen = "127.0.0.1:8001";  // host:port, [v6]:port or unix:/path
  int threads = 0;                        // jobs at once; 0 = one per core
  std::filesystem::path stt_folder;       // Whisper's pack
  std::filesystem::path voice_folder;     // Piper's pack; "" = Flite's own voice only
  std::filesystem::path lexicon;          // the user's own pronunciations, "" = none
  std::size_t queue = 32;                 // jobs that may wait; more are refused
  std::vector<std::string> api_keys;      // needed unless `listen` is loopback
};

/// kBadConfig, naming the key, the file and its bad lines: engine.lexicon cannot be read or has
/// mistakes. "" is right. Blocks on the file only.
Result<> check_lexicon(const std::filesystem::path& lexicon);

/// Listens at once, loads the engines, and serves until SIGTERM or SIGINT; then what is under way
/// may end for two seconds. Blocks; logs through spdlog. A missing voice pack means Flite's voice
/// and a warning; without the recogniser's pack the program stays up and /readyz says what to do.
/// Returns the program's exit code: 1 if the address is wrong, in use or open without keys, or if
/// the lexicon is wrong.
int run_engine(const EngineSettings& settings);

}  // namespace eva::engine
