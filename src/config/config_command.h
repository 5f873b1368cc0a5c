#pragma once
// `eva config`.
#include <iosfwd>

#include "config/load.h"

namespace eva::config {

struct ConfigCommand {
  bool example = false;  // print eva.example.toml and read nothing
};

/// Prints the settings in force to `out`, warnings and mistakes to `err`. Returns the exit code:
/// 0, or 1 when the settings are wrong.
int config_command(const ConfigCommand& command, const Sources& sources, std::ostream& out,
                   std::ostream& err);

}  // namespace eva::config
