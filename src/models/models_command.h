#pragma once
// `eva models list|pull|verify`.
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "base/time.h"
#include "models/catalogue.h"

namespace eva::models {

struct ModelsCommand {
  enum class Action { kList, kPull, kVerify };
  Action action = Action::kList;
  std::vector<std::string> packs;  // names; empty = pull: `used`, verify: the installed
  std::vector<std::string> used;   // the packs that the settings use
  std::filesystem::path dir;       // models.dir
  std::string mirror;              // models.mirror
  bool terminal = false;           // `err` is a terminal
  std::function<Time()> now;       // a monotonic clock, for rates; needed by pull only
};

/// Prints results to `out`, progress and mistakes to `err`. Returns the exit code: 0, or 1 when a
/// pack is unknown, damaged or could not be pulled, or when there is nothing to verify.
int models_command(const ModelsCommand& command, const Catalogue& catalogue, std::ostream& out,
                   std::ostream& err);

}  // namespace eva::models
