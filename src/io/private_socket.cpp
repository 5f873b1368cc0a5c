#include "io/private_socket.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace eva::io {

Result<std::string> private_socket_path(std::string_view name) {
  const std::string file = fmt::format("{}-{}.sock", name, getpid());
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  if (runtime && access(runtime, W_OK) == 0) return fmt::format("{}/{}", runtime, file);
  std::error_code error;
  const auto temp = std::filesystem::temp_directory_path(error);
  std::string folder = ((error ? std::filesystem::path("/tmp") : temp) / "eva-XXXXXX").string();
  if (!mkdtemp(folder.data())) {
    return fail(ErrorCode::kIo, fmt::format("no folder for the engine's socket: {}: {}", folder,
                                            std::strerror(errno)));
  }
  return fmt::format("{}/{}", folder, file);
}

void remove_private_socket(const std::string& path) {
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  const auto folder = std::filesystem::path(path).parent_path();
  if (folder.filename().string().starts_with("eva-")) std::filesystem::remove(folder, ignored);
}

}  // namespace eva::io
