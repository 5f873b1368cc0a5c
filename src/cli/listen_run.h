#pragma once
// `eva listen` at work: a source through a recorder, its texts in order.
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "cli/listen_output.h"
#include "io/event_loop.h"
#include "recorder/audio_inbox.h"
#include "recorder/audio_source.h"
#include "recorder/recorder_host.h"

namespace eva::cli {

struct ListenPace {
  bool realtime = false;  // take as long as the audio does
  Duration length{};      // of the source, 0 = not known; for the progress
  /// Recordings whose text is being made; the source waits beyond that. A microphone's audio is
  /// heard all the same.
  std::size_t most_waiting = 8;
};

/// Lives on the loop's thread; the source on its own.
class ListenRun {
 public:
  struct Subtitles {
    std::optional<SubtitleFile> srt;
    std::optional<SubtitleFile> vtt;
  };
  struct Parts {
    std::unique_ptr<vad::Vad> vad;
    speech::Stt& final_stt;  // outlive the run
    speech::Stt& live_stt;
    recorder::HostSettings settings;
    std::unique_ptr<recorder::AudioSource> source;
    ListenOutput& output;  // outlives the run
    Subtitles subtitles;
    ListenPace pace;
  };
  ListenRun(io::EventLoop& loop, Parts parts);
  ~ListenRun();
  ListenRun(const ListenRun&) = delete;
  ListenRun& operator=(const ListenRun&) = delete;

  /// Errors: those of AudioSource::start().
  Result<> start();
  /// The audio ends here; what was said so far still gets its text.
  void finish();
  /// Every text was told, or a subtitle file cannot be written.
  bool done() const { return done_; }
  /// Audio heard so far.
  Duration heard() const { return host_.core().received(); }
  /// Why the source or a subtitle file broke, if it did.
  const std::optional<Error>& error() const { return error_; }
  /// Recordings without a text.
  int failures() const { return failures_; }

 private:
  struct Waiting {
    recorder::Recording recording;
    speech::CallHandle call;
    std::optional<Result<recorder::FinalText>> text;
  };

  void hear();
  void hear_in_real_time();
  void end_audio();
  void on_event(recorder::HostEvent event);
  void on_recording(recorder::Recording recording);
  void tell_finals();
  void tell(const recorder::Recording& recording, recorder::FinalText text);
  void show_progress();
  void fail_with(Error error);
  void check_done();
  bool must_wait() const;

  // Given.
  io::EventLoop& loop_;
  ListenOutput& output_;
  Subtitles subtitles_;
  const ListenPace pace_;
  std::unique_ptr<recorder::AudioSource> source_;
  const bool can_wait_;
  // State.
  recorder::RecorderHost host_;
  recorder::AudioInbox inbox_;
  std::deque<std::shared_ptr<Waiting>> waiting_;  // in order; shared with their callbacks
  Time started_{};
  std::int64_t pushed_ = 0;  // samples
  TimerId tick_ = 0;
  std::optional<Time> progress_at_;
  bool source_ended_ = false;
  bool audio_ended_ = false;
  bool done_ = false;
  int failures_ = 0;
  std::optional<Error> error_;
};

}  // namespace eva::cli
