#pragma once
// How many files and sockets the process may have open.
#include <cstddef>

namespace eva::server {

/// Raises the soft limit of open files (often 1024) to the hard one. False, and a warning is
/// logged, if that is still fewer than `needed`. At the start, before other threads run.
bool allow_open_files(std::size_t needed);

}  // namespace eva::server
