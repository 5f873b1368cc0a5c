#pragma once
// When a recording begins and ends: windows of audio in, events out. RealtimeSTT's state machine on
// the sample clock.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "recorder/preroll_trim.h"
#include "session/input_audio.h"

namespace eva::recorder {

struct CoreSettings {
  double threshold = 0.6;                 // a window is speech above this: 1 - silero_sensitivity
  Duration silence_confirmation = 160ms;  // unbroken silence before it counts
  Duration post_speech_silence = 600ms;   // counted silence that ends a recording
  Duration min_length = 500ms;            // of a recording before its silence counts
  Duration min_gap{};                     // from one recording's stop to the next one's start
  Duration pre_roll = 1s;                 // audio before the speech that belongs to the recording
  std::optional<PrerollTrim> trim;        // nullopt: the pre-roll is taken whole
  Duration early_transcription{};         // counted silence, 0 = off
};

enum class State { kInactive, kListening, kRecording };

/// A finished recording. Times are media time: audio received since the recorder began.
struct Recording {
  TurnId id;
  std::vector<std::int16_t> pcm;  // mono, 16 kHz: pre-roll, speech and the silence that ended it
  Duration start{};               // of pcm
  Duration end{};
  Duration speech_start{};  // first and last speech heard; start and end where there was none
  Duration speech_end{};
};

struct ListeningStarted {};
struct ListeningStopped {};
/// A recording begins because somebody speaks; never without RecordingStarted.
struct VoiceStarted {
  Duration at;
};
/// The silence after speech was long enough; RecordingStopped follows.
struct VoiceStopped {
  Duration at;
};
struct RecordingStarted {
  TurnId id;
};
/// Silence began to count: the turn may be over.
struct SilenceStarted {};
/// It no longer counts: speech resumed, or the recording ended.
struct SilenceStopped {
  bool resumed;
};
/// Worth transcribing already: only silence followed for a while.
struct EarlyTranscriptionDue {
  TurnId id;
};
struct RecordingStopped {
  Recording recording;
};
/// Aborted; nothing is kept of it.
struct RecordingDropped {
  TurnId id;
};
using CoreEvent = std::variant<ListeningStarted, ListeningStopped, VoiceStarted, VoiceStopped,
                               RecordingStarted, SilenceStarted, SilenceStopped,
                               EarlyTranscriptionDue, RecordingStopped, RecordingDropped>;

/// Knows samples and probabilities only: no clock, thread or text. All times are counted in samples
/// received, so neither the pace of feeding nor a busy machine changes a decision. Not thread-safe.
///
/// turn::TurnMachine is not used: a recording can also be started and stopped by hand, has a
/// shortest length and a gap to the one before, and counts its silence in two steps.
class RecorderCore {
 public:
  /// A recording this long is closed and the next begins with the next sample: what the recogniser
  /// takes at once.
  static constexpr Duration kLongest = 10min;

  explicit RecorderCore(const CoreSettings& settings) : settings_(settings) {}

  /// The next 512 samples (vad::kWindow) and their probability of speech. Appends what happened,
  /// in order; so do the commands.
  void on_window(std::span<const std::int16_t> pcm, float probability,
                 std::vector<CoreEvent>& events);

  /// Speech starts recordings from now on, one after the other.
  void listen(std::vector<CoreEvent>& events);
  /// Begins a recording with `frames` and the next sample; without pre-roll. Within min_gap it
  /// begins as soon as that is over. No effect while one is under way.
  void start(std::vector<std::int16_t> frames, std::vector<CoreEvent>& events);
  /// A recording that start() began ends at silence too.
  void stop_on_silence() { ends_by_itself_ = true; }
  /// Ends the recording under way, whatever its length. `cut` is taken off its end; the next one
  /// may begin `resume` before this moment, as far as its pre-roll reaches.
  void stop(Duration cut, Duration resume, std::vector<CoreEvent>& events);
  /// Drops the recording under way and all audio so far; goes on listening if it was.
  void abort(std::vector<CoreEvent>& events);
  /// Forgets the audio before this moment that no recording has.
  void clear();
  /// Ends the recording under way, or makes one of the pre-roll if its loudest sample reaches
  /// `min_abs_level`. Appends a RecordingStopped unless there is nothing to keep.
  void flush(int min_abs_level, std::vector<CoreEvent>& events);

  /// Goes for the recording under way too.
  void configure(const CoreSettings& settings) { settings_ = settings; }
  const CoreSettings& settings() const { return settings_; }
  State state() const;
  Duration received() const { return audio_.received_time(); }
  /// The recording under way so far; empty if there is none.
  std::vector<std::int16_t> recorded() const;

 private:
  /// The recording under way, or the start that waits for the end of min_gap.
  struct Take {
    TurnId id{};
    std::vector<std::int16_t> frames;  // given to start(), before `start`
    Duration start{};                  // of its audio
    Duration began{};                  // min_length counts from here
    bool heard = false;                // any speech
    Duration speech_start{};
    Duration speech_end{};  // silence is counted from here
  };

  void hear(bool speech, std::vector<CoreEvent>& events);
  void wait_for_speech(bool speech, std::vector<CoreEvent>& events);
  void record(bool speech, std::vector<CoreEvent>& events);
  void begin(std::vector<CoreEvent>& events);
  void finish(Duration cut, Duration resume, std::vector<CoreEvent>& events);
  void end_silence(bool resumed, std::vector<CoreEvent>& events);
  Duration preroll_start(Duration speech_start) const;
  bool in_gap() const;
  void forget_unneeded();

  CoreSettings settings_;
  session::InputAudio audio_;
  bool listening_ = false;
  bool recording_ = false;
  bool ends_by_itself_ = false;
  std::optional<Take> take_;               // recording_: under way; else waiting for the gap's end
  std::optional<Duration> silence_since_;  // when silence began to count
  bool early_told_ = false;
  Duration floor_{};  // audio before this is used up
  std::optional<Duration> last_stop_;
  std::uint64_t last_id_ = 0;
};

}  // namespace eva::recorder
