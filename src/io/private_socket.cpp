#include "io/private_socket.h"

#include <fmt/format.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace eva::io {
namespace {

/// The kernel's names of sockets are short, and end with a NUL.
bool fits(const std::string& path) {
  return path.size() < sizeof(sockaddr_un::sun_path);
}

}  // namespace

Result<std::string> private_socket_path(std::string_view name) {
  const std::string file = fmt::format("{}-{}.sock", name, getpid());
  if (const char* runtime = std::getenv("XDG_RUNTIME_DIR"); runtime && access(runtime, W_OK) == 0) {
    if (std::string path = fmt::format("{}/{}", runtime, file); fits(path)) return path;
  }
  std::error_code error;
  const auto temp = std::filesystem::temp_directory_path(error);
  std::string folder = ((error ? std::filesystem::path("/tmp") : temp) / "eva-XXXXXX").string();
  if (!fits(folder + "/" + file)) folder = "/tmp/eva-XXXXXX";
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
