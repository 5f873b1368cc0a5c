#pragma once
// Writes recordings of calls to a folder, from a thread of its own.
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/error.h"
#include "replay/json_writer.h"

namespace eva::replay {

class CallRecorder;

struct StoreOptions {
  std::filesystem::path folder;           // made if it is missing (0700); its parent must exist
  bool redact = false;                    // no audio, no text
  std::int64_t call_bytes = 256LL << 20;  // of one recording, which ends there
  std::int64_t folder_bytes = 4LL << 30;  // of all: the oldest go; 0 = no limit
  std::size_t queue_bytes = 16U << 20;    // waiting for the disk, of all recordings together
  std::function<void(std::string)> log = [](const std::string&) {};  // on the writing thread
};

/// One writing thread for all calls of a process. A disk that is too slow, full or gone ends the
/// recordings that suffer from it (their last line and the log say so), never a call.
class RecordingStore {
 public:
  /// kIo: the folder cannot be made or written.
  static Result<std::unique_ptr<RecordingStore>> open(StoreOptions options);
  /// Writes what is waiting. The recorders are gone by then.
  ~RecordingStore();
  RecordingStore(const RecordingStore&) = delete;
  RecordingStore& operator=(const RecordingStore&) = delete;

  /// A new recording FOLDER/YYYYMMDD-HHMMSS-NAME. Any thread; does not block, so that what goes
  /// wrong shows in the log. The store outlives it.
  std::unique_ptr<CallRecorder> record(const std::string& name, std::int64_t unix_seconds);
  /// The same with just this name.
  std::unique_ptr<CallRecorder> record_as(const std::string& name, std::int64_t unix_seconds);

 private:
  friend class CallRecorder;
  struct Call;
  struct Chunk {
    std::shared_ptr<Call> call;
    std::string lines;
    AudioBytes audio;
    std::string end;  // the reason, "" = more comes
    std::size_t size() const;
  };

  explicit RecordingStore(StoreOptions options);
  /// False: it did not fit; the recording is over.
  bool push(Chunk chunk);
  void run();
  void write(Chunk& chunk);
  void begin(Call& call);
  void end(Call& call, const std::string& reason);
  bool has_room();

  const StoreOptions options_;
  std::mutex mutex_;
  std::condition_variable news_;
  std::deque<Chunk> queue_;  // under mutex_, as the next two
  std::size_t queued_bytes_ = 0;
  bool closing_ = false;
  std::int64_t since_tidy_ = 0;  // bytes written; of the thread
  std::thread thread_;
};

}  // namespace eva::replay
