#include "cli/output_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace eva::cli {
namespace {

namespace fs = std::filesystem;

/// Of a file that need not exist.
fs::path place(const std::string& name) {
  std::error_code error;
  const fs::path full = fs::absolute(name, error);
  const fs::path real = fs::weakly_canonical(full, error);
  return error ? full : real;
}

}  // namespace

bool same_file(const std::string& a, const std::string& b) {
  std::error_code error;
  if (fs::is_character_file(a, error)) return false;  // both may go to /dev/null
  if (fs::exists(a, error) && fs::exists(b, error)) return fs::equivalent(a, b, error);
  return place(a) == place(b);
}

Result<> check_writable(const std::string& name) {
  const auto refuse = [&](const std::string& why) {
    return fail(ErrorCode::kIo, name + ": cannot be written: " + why);
  };
  std::error_code error;
  if (fs::is_directory(name, error)) return refuse("it is a folder");
  if (fs::exists(name, error)) {  // not opened: it may be a pipe, whose reader would see the end
    if (access(name.c_str(), W_OK) != 0) return refuse(std::strerror(errno));
    return {};
  }
  const int file = open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return refuse(std::strerror(errno));
  close(file);
  unlink(name.c_str());
  return {};
}

}  // namespace eva::cli
