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

  /// Adds --config and all keys to a command. `listen_key` is what the short --listen means there.
  void add_to(CLI::App& command, const char* listen_key = nullptr);
  config::Sources sources() const;
};

/// Loads, prints warnings or mistakes to stderr, and sets up the log. nullopt: exit code 1.
std::optional<config::Loaded> load_settings(const SettingsFlags& flags);

}  // namespace eva::cli
