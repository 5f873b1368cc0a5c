#pragma once
// A place for a Unix socket that only this user can reach.
#include <string>
#include <string_view>

#include "base/error.h"

namespace eva::io {

/// "$XDG_RUNTIME_DIR/NAME-PID.sock", or in a fresh folder of mode 0700 below the temporary folder;
/// below /tmp where the path would be too long for a socket (107 bytes). kIo: none can be made.
Result<std::string> private_socket_path(std::string_view name);

/// Removes what private_socket_path() made.
void remove_private_socket(const std::string& path);

}  // namespace eva::io
