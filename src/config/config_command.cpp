#include "config/config_command.h"

#include <ostream>

#include "config/render.h"

namespace eva::config {

int config_command(const ConfigCommand& command, const Sources& sources, std::ostream& out,
                   std::ostream& err) {
  if (command.example) {
    out << render_example();
    return 0;
  }
  const auto loaded = load(sources);
  if (!loaded) {
    err << loaded.error().detail << '\n';
    return 1;
  }
  for (const std::string& warning : loaded->warnings) err << "warning: " << warning << '\n';
  out << render_table(*loaded);
  return 0;
}

}  // namespace eva::config
