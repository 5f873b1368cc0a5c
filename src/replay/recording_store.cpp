#include "replay/recording_store.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>
#include <utility>

#include "replay/call_files.h"
#include "replay/call_recorder.h"
#include "replay/store_call.h"

namespace eva::replay {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kTidyEvery = 16LL << 20;
constexpr const char* kTooSlow = "the disk was too slow";

}  // namespace

std::size_t RecordingStore::Chunk::size() const {
  std::size_t bytes = lines.size();
  for (const auto& file : audio) bytes += file.size();
  return bytes;
}

Result<std::unique_ptr<RecordingStore>> RecordingStore::open(StoreOptions options) {
  std::error_code error;
  const bool made = fs::create_directory(options.folder, error);
  if (made) fs::permissions(options.folder, fs::perms::owner_all, error);
  if (!fs::is_directory(options.folder, error)) {
    return fail(ErrorCode::kIo,
                fmt::format("{}: the folder for recordings cannot be made: {}",
                            options.folder.string(), error ? error.message() : "it is no folder"));
  }
  if (access(options.folder.c_str(), R_OK | W_OK | X_OK) != 0) {
    return fail(ErrorCode::kIo, fmt::format("{}: the folder for recordings cannot be written: {}",
                                            options.folder.string(), std::strerror(errno)));
  }
  return std::unique_ptr<RecordingStore>(new RecordingStore(std::move(options)));
}

RecordingStore::RecordingStore(StoreOptions options) : options_(std::move(options)) {
  thread_ = std::thread([this] { run(); });
}

RecordingStore::~RecordingStore() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  news_.notify_one();
  thread_.join();
}

std::unique_ptr<CallRecorder> RecordingStore::record(const std::string& name,
                                                     std::int64_t unix_seconds) {
  return record_as(folder_time(unix_seconds) + "-" + name, unix_seconds);
}

std::unique_ptr<CallRecorder> RecordingStore::record_as(const std::string& name,
                                                        std::int64_t unix_seconds) {
  auto call = std::make_shared<Call>();
  call->folder = options_.folder / name;
  return std::unique_ptr<CallRecorder>(
      new CallRecorder(*this, std::move(call), options_.redact, iso_time(unix_seconds)));
}

bool RecordingStore::push(Chunk chunk) {
  const std::size_t size = chunk.size();
  bool fits = true;
  {
    const std::lock_guard lock(mutex_);
    fits = queued_bytes_ + size <= options_.queue_bytes;
    if (!fits) {
      chunk.call->over = true;
      chunk = {.call = std::move(chunk.call), .lines = "", .audio = {}, .end = kTooSlow};
    } else {
      queued_bytes_ += size;
    }
    queue_.push_back(std::move(chunk));  // an end has no size and always fits
  }
  news_.notify_one();
  return fits;
}

void RecordingStore::run() {
  while (true) {
    Chunk chunk;
    {
      std::unique_lock lock(mutex_);
      news_.wait(lock, [this] { return closing_ || !queue_.empty(); });
      if (queue_.empty()) return;
      chunk = std::move(queue_.front());
      queue_.pop_front();
    }
    const std::size_t size = chunk.size();
    write(chunk);
    const std::lock_guard lock(mutex_);
    queued_bytes_ -= size;
  }
}

void RecordingStore::write(Chunk& chunk) {
  Call& call = *chunk.call;
  if (!std::exchange(call.begun, true)) begin(call);
  if (!call.files) return;  // could not be made, or has ended
  const auto size = static_cast<std::int64_t>(chunk.size());
  if (size > 0 && call.files->bytes() + size > options_.call_bytes) {
    return end(call, "the recording has reached its largest size");
  }
  since_tidy_ += size;
  if (!has_room()) return end(call, "the recordings have reached their largest size");
  if (auto written = call.files->append(chunk.lines, chunk.audio); !written) {
    return end(call, written.error().detail);
  }
  if (!chunk.end.empty()) end(call, chunk.end);
}

void RecordingStore::begin(Call& call) {
  since_tidy_ = kTidyEvery;
  auto files = CallFiles::create(call.folder);
  if (files) {
    call.files.emplace(std::move(*files));
  } else {
    call.over = true;
    options_.log(fmt::format("this call is not recorded: {}", files.error().detail));
  }
}

void RecordingStore::end(Call& call, const std::string& reason) {
  call.over = true;
  if (reason != kClosed) {
    options_.log(fmt::format("the recording {} ended early: {}", call.folder.string(), reason));
  }
  call.files->finish(reason);
  call.files.reset();
}

// Looks at the folder now and then only: it may hold thousands of recordings.
bool RecordingStore::has_room() {
  if (options_.folder_bytes == 0 || since_tidy_ < kTidyEvery) return true;
  since_tidy_ = 0;
  return tidy(options_.folder, options_.folder_bytes) <= options_.folder_bytes;
}

}  // namespace eva::replay
