#pragma once
// The files of one recording while it is being written, and the folder in which recordings lie.
#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"
#include "replay/json_writer.h"

namespace eva::replay {

/// Makes the folder NAME with call.jsonl in it, for their owner only (0700, 0600); the sound files
/// follow with their first samples. While this lives, call.jsonl is locked (flock), so that nobody
/// tidies it away. Blocks on the disk.
class CallFiles {
 public:
  /// kIo: it exists already, or cannot be made.
  static Result<CallFiles> create(std::filesystem::path folder);
  ~CallFiles();
  CallFiles(CallFiles&&) noexcept;
  CallFiles& operator=(CallFiles&&) = delete;

  /// kIo: the disk took less; the recording is damaged at its end from then on.
  Result<> append(std::string_view lines, const AudioBytes& audio);
  /// Closes, with the last line {"end": reason}; the sound files get their true lengths.
  void finish(std::string_view reason);
  std::int64_t bytes() const { return bytes_; }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  explicit CallFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}
  Result<> open(std::string_view name, int& file) const;
  Result<> write(int file, std::string_view bytes);

  std::filesystem::path folder_;
  int lines_ = -1;
  std::array<int, kAudioFiles> audio_{-1, -1, -1};
  std::array<std::int64_t, kAudioFiles> audio_bytes_{};
  std::int64_t bytes_ = 0;
};

/// Deletes the oldest finished recordings of the folder until those left have at most `limit`
/// bytes. Only folders named YYYYMMDD-HHMMSS-... that hold nothing but a recording's files, and
/// none that somebody is writing. Returns the bytes left. Blocks on the disk.
std::int64_t tidy(const std::filesystem::path& folder, std::int64_t limit);

/// "20261123-153704" (UTC), for folders, and "2026-11-23T15:37:04Z", for people.
std::string folder_time(std::int64_t unix_seconds);
std::string iso_time(std::int64_t unix_seconds);

}  // namespace eva::replay
