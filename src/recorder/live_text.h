#pragma once
// Partial transcripts of the recording under way, whatever the recogniser offers.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "recorder/stabilizer.h"
#include "speech/stt.h"

namespace eva::recorder {

struct LiveTextSettings {
  Duration pause = 200ms;  // realtime_processing_pause: between two publications
  Duration init_after =
      200ms;  // init_realtime_after_seconds: none before the recording is this old
  std::string language;
  std::string prompt;
};

/// The text so far is `committed` and `tentative` behind each other, blanks included.
struct LiveText {
  std::string committed;  // never taken back: starts with the one before
  std::string tentative;  // what probably follows
  std::vector<speech::Word> words;
};

/// One per recording. Uses Stt::listen() where there is one; else the whole recording is
/// transcribed again and again, one pass at a time, and a Stabilizer says what holds. Paced by the
/// audio pushed, so that it costs nothing when no audio comes. Lives on the recogniser's loop.
class LiveTranscript {
 public:
  /// `stt` outlives this. `on_text` runs from push() or later on the loop, and must not destroy
  /// this; never with an empty text, nor with the same one twice in a row.
  LiveTranscript(speech::Stt& stt, const LiveTextSettings& settings,
                 std::function<void(const LiveText&)> on_text);
  ~LiveTranscript();
  LiveTranscript(const LiveTranscript&) = delete;
  LiveTranscript& operator=(const LiveTranscript&) = delete;

  /// The next audio of the recording, mono, 16 kHz. `may_pass`: false while the recogniser has
  /// something better to do (a final text) or only silence comes; no pass starts then.
  void push(std::span<const std::int16_t> pcm, bool may_pass);
  /// The audio that existed before the recording began; does not count as its age.
  void push_preroll(std::span<const std::int16_t> pcm);
  const std::string& committed() const { return text_.committed; }

 private:
  void start_pass();
  void heard(LiveText text);
  void publish_if_due();
  void publish();

  // Given.
  speech::Stt& stt_;
  const LiveTextSettings settings_;
  const std::function<void(const LiveText&)> on_text_;
  // State.
  std::vector<std::int16_t> pcm_;  // kept only where the recogniser has no stream
  Duration age_{};
  Duration next_{};  // age at which the next text may be published
  Stabilizer stabilizer_;
  LiveText text_;
  std::string told_;   // the last one published, in one
  bool news_ = false;  // text_ waits for its time
  std::unique_ptr<speech::SttStream> stream_;
  speech::CallHandle pass_;
  bool failed_ = false;
};

}  // namespace eva::recorder
