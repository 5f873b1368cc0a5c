#include "models/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>

namespace eva::models {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> io_error(std::string_view what, const fs::path& path, int reason) {
  return fail(ErrorCode::kIo,
              fmt::format("cannot {} {}: {}", what, path.string(), std::strerror(reason)));
}

Result<> sync(const fs::path& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return io_error("open", path, errno);
  const int failed = fsync(file) == 0 ? 0 : errno;
  close(file);
  if (failed != 0) return io_error("write", path, failed);
  return {};
}

}  // namespace

Result<FolderLock> FolderLock::take(const fs::path& dir, const std::function<void()>& waiting) {
  const fs::path path = dir / ".lock";
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return io_error("write", path, errno);
  if (flock(file, LOCK_EX | LOCK_NB) == 0) return FolderLock(file);
  waiting();
  while (flock(file, LOCK_EX) != 0) {
    if (errno == EINTR) continue;
    const int reason = errno;
    close(file);
    return io_error("lock", path, reason);
  }
  return FolderLock(file);
}

FolderLock::FolderLock(FolderLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

FolderLock::~FolderLock() {
  if (file_ >= 0) close(file_);
}

Result<> make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return io_error("create", folder, error.value());
  return {};
}

Result<> write_file(const fs::path& file, std::string_view text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.close();
  if (!out) return io_error("write", file, errno);
  return {};
}

Result<> sync_folder(const fs::path& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (auto synced = sync(entry.path()); !synced) return synced;
  }
  if (error) return io_error("read", folder, error.value());
  return sync(folder);
}

Result<> replace_folder(const fs::path& fresh, const fs::path& place) {
  std::error_code error;
  const fs::path old = place.parent_path() / fmt::format(".old-{}", getpid());
  fs::remove_all(old, error);
  if (fs::exists(place, error)) {
    fs::rename(place, old, error);
    if (error) return io_error("move", place, error.value());
  }
  fs::rename(fresh, place, error);
  if (error) return io_error("create", place, error.value());
  fs::remove_all(old, error);
  return sync(place.parent_path());
}

}  // namespace eva::models
