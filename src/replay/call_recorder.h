#pragma once
// Listens to one session and turns what it sees into the lines of a recording.
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "replay/json_writer.h"
#include "replay/recording_store.h"
#include "session/session.h"
#include "session/tap.h"

namespace eva::replay {

/// Lives on the session's loop and outlives the session. Never blocks: lines are handed to the
/// store's thread some 32 KiB at a time, so a crash of the program costs about the last second.
class CallRecorder final : public session::Tap {
 public:
  /// Ends the recording.
  ~CallRecorder() override;
  CallRecorder(const CallRecorder&) = delete;
  CallRecorder& operator=(const CallRecorder&) = delete;

  /// What the session is to be made of: the parts, with a detector whose probabilities are
  /// recorded. Exactly once, before the first event. `now`: session time.
  session::SessionParts attach(session::SessionParts parts, Time now);

  void on_event(const session::Event& event, Time now) override;
  void on_actions(std::span<const session::Action> actions) override;
  void on_failed(std::string_view what) override;

 private:
  friend class RecordingStore;
  CallRecorder(RecordingStore& store, std::shared_ptr<RecordingStore::Call> call, bool redact,
               std::string started);
  class HeardVad;
  void flush(const char* end = "");

  RecordingStore& store_;
  std::shared_ptr<RecordingStore::Call> call_;
  std::string started_;
  IdNames id_names_;
  WriteRules rules_;
  std::string lines_;  // not handed over yet, as the audio
  AudioBytes audio_;
  std::vector<double> probabilities_;  // of the event under way
};

}  // namespace eva::replay
