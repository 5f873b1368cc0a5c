#pragma once
// Merges file, environment and flags into one Config and remembers where each value came from.
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "config/config.h"
#include "config/keys.h"

namespace eva::config {

/// What load() reads; nothing is taken from globals. Later sources win: defaults, file, env, flags.
struct Sources {
  std::optional<std::filesystem::path> file;               // nullopt: find_file() decides
  std::map<std::string, std::string> env;                  // the whole environment
  std::vector<std::pair<std::string, std::string>> flags;  // {"turn.silence_ms", "400"}
};

struct Loaded {
  Config config;
  std::map<std::string, std::string> from;  // full key name -> "default", "eva.toml:12",
                                            // "EVA_TURN_SILENCE_MS", "--turn.silence_ms"
  std::map<std::string, std::string>
      secrets_from;                   // "server.api_keys", "stt.key", ... of those set
  std::string file;                   // the file that was read, "" = none
  std::vector<std::string> warnings;  // for people, one line each, no secrets
};

/// The environment of this process.
std::map<std::string, std::string> process_environment();

/// The first that exists of $EVA_CONFIG (named there, it must exist: load() fails otherwise),
/// ./eva.toml, $XDG_CONFIG_HOME/eva/eva.toml or ~/.config/eva/eva.toml, /etc/eva/eva.toml.
std::optional<std::filesystem::path> find_file(const std::map<std::string, std::string>& env);

/// kBadConfig: a file, variable or flag is wrong, one line per mistake. kNotFound, kIo: a named
/// file cannot be read. Reads the settings file, key files and nothing else. Blocks on files only.
Result<Loaded> load(const Sources& sources);

}  // namespace eva::config
