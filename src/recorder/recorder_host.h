#pragma once
// Drives a RecorderCore on an executor: windows for the detector, texts from the recogniser.
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "recorder/live_text.h"
#include "recorder/recorder_core.h"
#include "recorder/text_finish.h"
#include "speech/stt.h"
#include "vad/vad.h"

namespace eva::recorder {

struct HostSettings {
  CoreSettings core;
  bool live_text = false;  // enable_realtime_transcription
  LiveTextSettings live;   // its language is not used: that of `language` is
  std::string language;    // ISO-639-1, "" = the engine decides
  std::string prompt;      // initial_prompt
  bool normalize_audio = false;
  TextFinish finish;
};

/// The recording under way as understood so far.
struct LiveTextChanged {
  TurnId id;
  LiveText text;
};
using HostEvent = std::variant<CoreEvent, LiveTextChanged>;

struct FinalText {
  std::string text;  // finished (text_finish.h); "" = nobody said anything
  std::vector<speech::Word> words;
  std::string committed;  // what the live texts had promised, "" = nothing
};

/// One audio stream. Lives on the executor's thread. Never blocks.
class RecorderHost {
 public:
  using OnFinal = std::move_only_function<void(Result<FinalText>)>;

  /// `final_stt` and `live_stt` (may be the same) outlive the host. `on_event` is called inside the
  /// methods below and from the recogniser's callbacks, when the state is complete; of the host
  /// it may call transcribe() only.
  RecorderHost(std::unique_ptr<vad::Vad> vad, speech::Stt& final_stt, speech::Stt& live_stt,
               HostSettings settings, std::function<void(HostEvent)> on_event);
  RecorderHost(const RecorderHost&) = delete;
  RecorderHost& operator=(const RecorderHost&) = delete;

  /// Mono, 16 kHz, any length: decisions fall at every 512 samples, whatever the chunks.
  void push(std::span<const std::int16_t> pcm);
  /// The stream is over: what is left of a window is heard too, a recording under way ends.
  void end_audio();

  // As in RecorderCore.
  void listen();
  void start(std::vector<std::int16_t> frames);
  void stop_on_silence() { core_.stop_on_silence(); }
  void stop(Duration cut, Duration resume);
  void abort();
  void clear();
  void flush(int min_abs_level);

  /// Transcribes a finished recording. `done` runs exactly once, later or inside this call (where
  /// the text was made early, in the silence), unless the handle dies first.
  /// Errors: those of Stt::transcribe.
  [[nodiscard]] speech::CallHandle transcribe(const Recording& recording, OnFinal done);
  /// For recordings that begin and transcriptions that are asked for from now on; what the core
  /// has under way goes on under the new core settings.
  void configure(HostSettings settings);
  const HostSettings& settings() const { return settings_; }
  const RecorderCore& core() const { return core_; }

 private:
  /// A transcription under way or done; dies with its last owner: the handle, or known_.
  struct Pending;
  class FinalCall;
  /// What was understood of a recording before its final text was asked for.
  struct Known {
    std::string committed;
    std::shared_ptr<Pending> early;
  };

  void hear(std::span<const std::int16_t> window);
  void tell();
  void follow(const CoreEvent& event);
  void begin_live(TurnId id);
  std::shared_ptr<Pending> ask(std::vector<std::int16_t> pcm);

  // Given.
  std::unique_ptr<vad::Vad> vad_;
  speech::Stt& final_stt_;
  speech::Stt& live_stt_;
  HostSettings settings_;
  const std::function<void(HostEvent)> on_event_;
  // State.
  RecorderCore core_;
  std::vector<std::int16_t> rest_;  // less than a window
  std::vector<CoreEvent> events_;
  std::unique_ptr<LiveTranscript> live_;
  bool silence_ = false;           // counted silence in the recording under way
  std::map<TurnId, Known> known_;  // of the newest kMostKnown recordings
  std::shared_ptr<int> busy_ = std::make_shared<int>(0);  // final texts being made
};

}  // namespace eva::recorder
