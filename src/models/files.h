#pragma once
// File operations that survive a crash or a second process.
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

#include "base/error.h"

namespace eva::models {

/// Held by one process at a time; given back when destroyed or when the process dies.
class FolderLock {
 public:
  /// Creates DIR/.lock where missing. Waits as long as another process holds it, after calling
  /// `waiting` once. kIo: the folder is not writable.
  static Result<FolderLock> take(const std::filesystem::path& dir,
                                 const std::function<void()>& waiting);
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int file) : file_(file) {}
  int file_;
};

/// kIo with the path and the reason.
Result<> make_folder(const std::filesystem::path& folder);
Result<> write_file(const std::filesystem::path& file, std::string_view text);
/// Writes every file of the folder (no subfolders) and the folder itself to the disk.
Result<> sync_folder(const std::filesystem::path& folder);
/// Puts `fresh` where `place` is; an old `place` is removed only after that.
Result<> replace_folder(const std::filesystem::path& fresh, const std::filesystem::path& place);

}  // namespace eva::models
