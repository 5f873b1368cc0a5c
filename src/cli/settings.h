#pragma once
// The settings on the command line: --config FILE and one flag per key.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "config/load.h"

namespace eva::cli {

/// Collects what the command line says about settings; lives as long as the parser.
struct SettingsFlags {
  std::string file;
  std::vector<std::pair<std::string, std::string>> flags;
  bool warnings_told = false;  // by the parent, from which the engine child has its settings

  /// Adds --config and all keys to a command. `listen_key` is what the short --listen means there.
  void add_to(CLI::App& command, const char* listen_key = nullptr);
  config::Sources sources() const;
};

/// Loads, sets up the log, and logs warnings; prints mistakes to stderr. nullopt: exit code 1.
std::optional<config::Loaded> load_settings(const SettingsFlags& flags);

}  // namespace eva::cli
