#pragma once
// What a recorder and the writing thread share about one recording.
#include <atomic>
#include <filesystem>
#include <optional>

#include "replay/call_files.h"
#include "replay/recording_store.h"

namespace eva::replay {

/// The reason in the last line of a recording that is whole.
inline constexpr const char* kClosed = "closed";

struct RecordingStore::Call {
  std::filesystem::path folder;
  std::atomic<bool> over{false};  // nothing more is written: the recorder need not make it
  // of the writing thread
  bool begun = false;
  std::optional<CallFiles> files;
};

}  // namespace eva::replay
