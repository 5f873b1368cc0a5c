#include "replay/call_files.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <system_error>
#include <utility>
#include <vector>

#include "audio/wav.h"

namespace eva::replay {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kWavHead = 44;

Result<> io_failed(const fs::path& path, const char* what) {
  return fail(ErrorCode::kIo, fmt::format("{}: {}: {}", path.string(), what, std::strerror(errno)));
}

std::tm utc(std::int64_t unix_seconds) {
  const auto seconds = static_cast<std::time_t>(unix_seconds);
  std::tm out{};
  gmtime_r(&seconds, &out);
  return out;
}

bool named_by_time(const std::string& name) {
  if (name.size() < 16) return false;
  for (std::size_t i = 0; i < 16; ++i) {
    const bool dash = i == 8 || i == 15;
    if (dash ? name[i] != '-' : !std::isdigit(static_cast<unsigned char>(name[i]))) return false;
  }
  return true;
}

struct Kept {
  fs::path folder;
  std::int64_t bytes = 0;
};

// Nothing in it but what a recording consists of; 0 bytes: it is none.
Kept look_at(const fs::path& folder) {
  Kept kept{folder};
  bool has_lines = false;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    const bool sound = std::ranges::find(kAudioNames, name) != kAudioNames.end();
    std::error_code unreadable;
    if ((!sound && name != kEventsName) || !entry.is_regular_file(unreadable)) return {folder};
    has_lines = has_lines || name == kEventsName;
    kept.bytes += static_cast<std::int64_t>(entry.file_size(unreadable));
  }
  return has_lines && !error ? kept : Kept{folder};
}

bool remove_recording(const fs::path& folder) {
  const fs::path lines = folder / kEventsName;
  const int file = ::open(lines.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool free = flock(file, LOCK_EX | LOCK_NB) == 0;
  std::error_code error;
  if (free) {
    for (const auto name : kAudioNames) fs::remove(folder / name, error);
    fs::remove(lines, error);
    fs::remove(folder, error);
  }
  close(file);
  return free && !fs::exists(folder, error);
}

}  // namespace

Result<CallFiles> CallFiles::create(fs::path folder) {
  if (mkdir(folder.c_str(), 0700) != 0) {
    return std::unexpected(io_failed(folder, "cannot be made").error());
  }
  CallFiles files(std::move(folder));
  if (auto opened = files.open(kEventsName, files.lines_); !opened) {
    return std::unexpected(opened.error());
  }
  static_cast<void>(flock(files.lines_, LOCK_EX | LOCK_NB));  // it is new: nobody else has it
  return files;
}

CallFiles::CallFiles(CallFiles&& other) noexcept
    : folder_(std::move(other.folder_)),
      lines_(std::exchange(other.lines_, -1)),
      audio_(std::exchange(other.audio_, {-1, -1, -1})),
      audio_bytes_(other.audio_bytes_),
      bytes_(other.bytes_) {}

CallFiles::~CallFiles() {
  for (const int file : audio_) {
    if (file >= 0) close(file);
  }
  if (lines_ >= 0) close(lines_);
}

Result<> CallFiles::open(std::string_view name, int& file) const {
  const fs::path path = folder_ / name;
  file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  return file >= 0 ? Result<>() : io_failed(path, "cannot be made");
}

Result<> CallFiles::write(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(file, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return io_failed(folder_, "cannot be written");
    bytes_ += n;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Result<> CallFiles::append(std::string_view lines, const AudioBytes& audio) {
  // The audio first: a line never counts samples that are not there.
  for (std::size_t i = 0; i < kAudioFiles; ++i) {
    if (audio[i].empty()) continue;
    if (audio_[i] < 0) {
      if (auto opened = open(kAudioNames[i], audio_[i]); !opened) return opened;
      if (auto head = write(audio_[i], audio::wav_head(kAudioRates[i])); !head) return head;
    }
    if (auto written = write(audio_[i], audio[i]); !written) return written;
    audio_bytes_[i] += static_cast<std::int64_t>(audio[i].size());
  }
  return write(lines_, lines);
}

void CallFiles::finish(std::string_view reason) {
  // On a full disk the line stays away, and readers see a recording that broke off.
  std::string end = "{\"end\":";
  append_text(end, reason);
  static_cast<void>(write(lines_, end + "}\n"));
  for (std::size_t i = 0; i < kAudioFiles; ++i) {
    if (audio_[i] < 0) continue;
    const auto head =
        audio::wav_head(kAudioRates[i], static_cast<std::size_t>(audio_bytes_[i]) / 2);
    static_cast<void>(pwrite(audio_[i], head.data(), kWavHead, 0) < 0);
    close(std::exchange(audio_[i], -1));
  }
  close(std::exchange(lines_, -1));
}

std::int64_t tidy(const fs::path& folder, std::int64_t limit) {
  std::vector<Kept> all;
  std::int64_t total = 0;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    std::error_code unreadable;
    if (!entry.is_directory(unreadable) || entry.is_symlink(unreadable)) continue;
    if (!named_by_time(entry.path().filename().string())) continue;
    Kept kept = look_at(entry.path());
    total += kept.bytes;
    if (kept.bytes > 0) all.push_back(std::move(kept));
  }
  std::ranges::sort(all, {}, &Kept::folder);
  for (const Kept& oldest : all) {
    if (total <= limit) break;
    if (remove_recording(oldest.folder)) total -= oldest.bytes;
  }
  return total;
}

std::string folder_time(std::int64_t unix_seconds) {
  return fmt::format("{:%Y%m%d-%H%M%S}", utc(unix_seconds));
}

std::string iso_time(std::int64_t unix_seconds) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", utc(unix_seconds));
}

}  // namespace eva::replay
