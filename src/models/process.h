#pragma once
// Runs a command of the system and waits for it.
#include <string>
#include <vector>

#include "base/error.h"

namespace eva::models {

/// argv[0] is looked up in PATH. Blocks until the command ends. Its output is kept quiet; the last
/// lines of it stand in the error. The command dies with this process.
/// kNotFound: no such command. kUnavailable: it failed. kTimeout: it printed nothing for 15 minutes
/// and was killed.
Result<> run_command(const std::vector<std::string>& argv);

}  // namespace eva::models
