#pragma once
// One client of the engine's Realtime transcription sessions (docs/engine-api.md): audio in,
// partial and final transcripts out.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audio/resampler.h"
#include "base/executor.h"
#include "engine/partial_transcriber.h"
#include "engine/realtime_api.h"
#include "engine/service_metrics.h"
#include "engine/whisper.h"
#include "io/websocket.h"
#include "pool/worker_pool.h"

namespace eva::engine {

/// What the sessions of one service share. Passes over unfinished utterances leave a worker free
/// for speech: at most `passes_max` run or wait at once.
struct TranscriptionShared {
  Executor& home;
  pool::WorkerPool& pool;
  ServiceMetrics& metrics;
  std::shared_ptr<const Whisper> whisper;
  std::string model;
  Duration job_deadline;
  int passes_max = 1;
  int passes = 0;
};

/// Lives on the home executor's thread. An utterance is what is appended until it is committed. Its
/// passes follow one another, each at least as long after the one before as that took: the busier
/// the engine, the rarer they are. Audio beyond 10 minutes of one utterance, and a commit while 8
/// transcripts are awaited, are refused.
class TranscriptionSession {
 public:
  /// `shared` outlives the session. `on_closed` runs once, when the client is gone; it may destroy
  /// the session.
  TranscriptionSession(TranscriptionShared& shared, std::uint64_t number,
                       std::unique_ptr<io::WebSocket> socket, std::function<void()> on_closed);
  /// Cancels what is under way.
  ~TranscriptionSession();
  TranscriptionSession(const TranscriptionSession&) = delete;
  TranscriptionSession& operator=(const TranscriptionSession&) = delete;

 private:
  struct Utterance {
    std::string item;
    PartialTranscriber partials;
    std::size_t told_words = 0;  // of the partials' words, those of deltas
    std::string told;            // all deltas so far
  };
  struct Final {
    Utterance utterance;
    Time accepted;
    Time started{};
    std::unique_ptr<pool::Ticket> ticket;
  };

  void on_text(std::string_view text);
  void handle(const BadEvent& event, const std::string& event_id);
  void handle(UpdateSession& event, const std::string& event_id);
  void handle(const AppendAudio& event, const std::string& event_id);
  void handle(const CommitAudio&, const std::string& event_id);
  void handle(const ClearAudio&, const std::string& event_id);
  void refuse_event(ApiError error, const std::string& event_id);

  void begin_utterance();
  void start_pass();
  void end_pass(const Result<>& result, const std::optional<Transcription>& heard);
  void cancel_pass();
  void start_final(std::uint64_t number);
  void end_final(std::uint64_t number, const Result<>& result,
                 const std::optional<Transcription>& heard);
  std::string next_event() { return "event_" + std::to_string(++last_event_); }

  // Given.
  TranscriptionShared& shared_;
  const std::uint64_t number_;
  const std::function<void()> on_closed_;
  // State.
  TranscriptionSettings settings_;
  audio::Resampler resampler_;
  std::optional<Utterance> utterance_;  // since the first audio after the last commit
  std::unique_ptr<pool::Ticket> pass_;
  Time pass_posted_{};
  Time pass_started_{};
  Time rest_until_{};                      // no pass before
  TimerId timer_ = 0;                      // for then, where one is due; 0 = none
  std::map<std::uint64_t, Final> finals_;  // committed, not yet transcribed
  std::string last_item_;
  std::uint64_t last_number_ = 0;  // of items
  std::uint64_t last_event_ = 0;
  std::unique_ptr<io::WebSocket> socket_;  // last: calls back until it dies
};

}  // namespace eva::engine
