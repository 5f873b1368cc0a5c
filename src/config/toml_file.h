#pragma once
// One TOML file as checked values with their lines.
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "config/keys.h"

namespace eva::config {

inline constexpr std::size_t kFileBytesMax = 1024 * 1024;

struct FileValue {
  const Key* key;  // of keys(), lives for ever
  Value value;
  int line;  // from 1
};

/// Parses hostile input without crashing or throwing. kBadConfig: one line per mistake (at most
/// 10), each "FILE:LINE: what is wrong", unknown names with the nearest known one. `filename` is
/// only shown.
Result<std::vector<FileValue>> parse_text(std::string_view toml, std::string_view filename);

}  // namespace eva::config
