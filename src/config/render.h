#pragma once
// The settings as text: what is in force, and the example file.
#include <string>

#include "config/load.h"

namespace eva::config {

/// A table of key, value and where it came from, one line per key; secrets only as "set" or "not
/// set".
std::string render_table(const Loaded& loaded);

/// eva.example.toml: every key commented out with its default, its meaning above it.
std::string render_example();

}  // namespace eva::config
