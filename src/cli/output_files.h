#pragma once
// Files that a command will write, looked at before the work and not after it.
#include <string>

#include "base/error.h"

namespace eva::cli {

/// Whether both names mean one file; neither need exist. Devices such as /dev/null do not count.
bool same_file(const std::string& a, const std::string& b);

/// kIo: `name` cannot be written. Leaves no file behind and changes none.
Result<> check_writable(const std::string& name);

}  // namespace eva::cli
