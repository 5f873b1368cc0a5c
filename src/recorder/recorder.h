#pragma once
// eva::recorder::Recorder: speech to text the way RealtimeSTT's users know it. The one include.
//
//   eva::recorder::RecorderOptions options;
//   auto recorder = eva::recorder::Recorder::create(std::move(options));
//   if (!recorder) { ... recorder.error().detail ... }
//   while (auto text = (*recorder)->text()) std::cout << *text << '\n';
//
// Link eva_recorder. examples/recorder is a program to copy, docs/recorder.md the whole reference.
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "recorder/options.h"

namespace eva::recorder {

enum class RecorderState { kInactive, kListening, kRecording, kTranscribing };
std::string_view to_string(RecorderState state);

/// One audio stream: detects speech, records it, transcribes it. Its own threads do the work; every
/// method may be called from any thread, callbacks included. Everything about speech and silence is
/// counted in samples, so audio that is fed faster, slower or in bursts gives the same recordings.
///
/// From the first text(), wait_audio() or listen() on, speech starts recordings whether or not
/// somebody waits; finished ones wait in order, up to 30 min of audio, then feed_audio() waits.
class Recorder {
 public:
  /// Loads the models and opens the source, if there is one: a microphone is heard from now on (for
  /// the pre-roll), a source that can wait from the first text(), wait_audio(), listen() or
  /// start(). kBadConfig: an option that cannot be followed, and why. kNotFound: a model is
  /// missing. kIo: the microphone cannot be opened.
  static Result<std::unique_ptr<Recorder>> create(RecorderOptions options);
  /// As shutdown().
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // Texts. All waits here end at abort(), interrupt() and shutdown() with kCancelled; and, once the
  // audio has ended and every recording is taken, with kNotFound.

  /// Waits for the next recording and transcribes it. "" = nobody said anything. Other errors are
  /// the recogniser's; the recording is lost then.
  Result<std::string> text();
  /// Waits for the next recording only; its text is given to `done` on the callback thread, in
  /// order. With over 16 texts to come it waits for them first.
  Result<> text(std::function<void(const std::string&)> done);
  /// Waits for the next recording and keeps it for transcribe().
  Result<> wait_audio();
  /// Transcribes what wait_audio() kept. kBadInput: nothing was kept.
  Result<std::string> transcribe();
  /// Transcribes any audio: 16 kHz, mono, at most 10 min.
  Result<std::string> perform_final_transcription(std::span<const std::int16_t> audio);

  // Recording by hand.

  /// Speech starts recordings from now on.
  void listen();
  /// Refused with kBadConfig: Eva has no wake word that it could stand for.
  Result<> wakeup();
  /// Begins a recording now, with `frames` (16 kHz) in front. Within min_gap_between_recordings it
  /// begins when that is over. Ends with stop(), or at silence while text() or wait_audio() wait.
  void start(std::vector<std::int16_t> frames = {});
  /// Ends the recording under way at once. `backdate_stop_seconds` are cut off its end; the next
  /// recording may begin `backdate_resume_seconds` before this moment.
  void stop(double backdate_stop_seconds = 0, double backdate_resume_seconds = 0);

  // Audio.

  /// Mono samples at `original_sample_rate` (8,000 to 192,000 Hz), any length, in order; converted
  /// to 16 kHz. Waits while allowed_latency_limit buffers are pending: nothing is dropped.
  /// kBadInput: the rate. kCancelled: shut down. kOverloaded: for 5 s nothing was taken, because
  /// 30 min of recordings wait for text(); the rest of `pcm` was not heard.
  Result<> feed_audio(std::span<const std::int16_t> pcm, int original_sample_rate = 16'000);
  /// The same with samples of -1..1.
  Result<> feed_audio(std::span<const float> samples, int original_sample_rate = 16'000);
  /// No more audio comes: a recording under way ends, and text() says so when all are taken.
  void end_audio();
  /// Off: what the microphone (or other source) delivers is thrown away.
  void set_microphone(bool on);
  /// Forgets audio that was not heard yet, and the pre-roll.
  void clear_audio_queue();
  /// Recordings that wait for text().
  bool has_pending_recordings() const;
  /// Ends the recording under way, or makes one of the pre-roll if it has a sample of
  /// `min_abs_level`. True: there is a recording more.
  bool flush_buffered_audio(int min_abs_level = 50);

  // Ending.

  /// Throws away the recording under way, those that wait, and texts being made; all waits end.
  /// Listens on if it did. Never waits itself.
  void abort();
  /// All waits of text(), wait_audio() and transcribe() end; no audio or recording is lost, the
  /// next text() gets it.
  void interrupt();
  /// Ends everything; callbacks that wait are run first. Twice is harmless. Inside a callback it
  /// does not wait for that callback.
  void shutdown();

  // Settings that may change while it runs; kBadConfig as create() says.

  Result<> set_language(const std::string& language);
  Result<> set_silero_sensitivity(double sensitivity);
  Result<> set_post_speech_silence_duration(double seconds);
  Result<> set_deactivity_silence_confirmation_duration(double seconds);
  Result<> set_min_length_of_recording(double seconds);
  Result<> set_min_gap_between_recordings(double seconds);

  RecorderState state() const;
  bool is_recording() const { return state() == RecorderState::kRecording; }
  /// Seconds of audio heard so far: the recorder's clock.
  double heard_seconds() const;
  /// Seconds of microphone audio lost because the machine was too slow. Fed audio is never lost.
  double dropped_seconds() const;
  /// Callbacks lost because the user's own were too slow (over 256 partial texts or chunks, or
  /// 4,096 of any kind, waited).
  std::size_t dropped_callbacks() const;

 private:
  struct Impl;
  explicit Recorder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace eva::recorder
