#pragma once
// What is understood of an utterance while it grows: LocalAgreement-2 (Liu et al. 2020; Macháček et
// al. 2023) over passes of the recogniser, in which what is committed is given and only the rest is
// listened to anew.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "engine/whisper.h"
#include "speech/stt.h"

namespace eva::engine {

/// One utterance. Decides what a pass hears and what its result means; runs nothing itself. Any one
/// thread.
class PartialTranscriber {
 public:
  /// What the next pass is to hear. Later calls of push() do not change it.
  struct Pass {
    std::vector<std::int16_t> pcm;  // mono 16 kHz
    Hearing hearing;
  };

  explicit PartialTranscriber(std::string language) : language_(std::move(language)) {}

  /// Mono 16 kHz, any length.
  void push(std::span<const std::int16_t> pcm);
  Duration received() const;

  /// There is enough new audio for a pass: 200 ms, 400 ms for the first. Never where the audio that
  /// is not settled is longer than a pass can hear (28 s).
  bool is_due() const;
  /// The next pass. Its result goes to finish() before another is made.
  Pass next();
  /// The result of the pass. A word is committed when two passes in a row agree on it and two
  /// more words follow, or 240 ms of quiet. Once more than 10 s are heard in each pass, the audio
  /// of committed words is left behind, where word times say how far that is.
  void finish(const Transcription& heard);

  /// Of all audio. `committed` only ever grows. Word times where the recogniser gives them.
  const speech::PartialTranscript& transcript() const { return transcript_; }

  /// How many of transcript().words are committed.
  std::size_t committed_words() const { return is_timed_ ? words_.size() : 0; }

  /// For the final text: the audio that is not settled yet, with the committed words in it as
  /// prefix.
  Pass rest() const;
  /// The whole text, from what was heard in rest().
  std::string complete(const std::string& rest) const;

 private:
  void leave_behind();
  void tell(const std::string& tentative, std::span<const speech::Word> words);

  // Given.
  const std::string language_;
  // State.
  std::vector<std::int16_t> window_;   // audio that is not settled
  std::size_t window_start_ = 0;       // in samples since the beginning
  std::size_t heard_ = 0;              // of window_, by the last pass
  std::string settled_;                // text before the window
  std::string committed_;              // text in the window
  std::vector<std::string> previous_;  // the last pass's words after it
  std::vector<speech::Word> words_;    // of settled_ and committed_; times since the beginning
  std::size_t settled_words_ = 0;      // of words_
  bool is_timed_ = false;              // the last pass had word times, so words_ is complete
  speech::PartialTranscript transcript_;
};

}  // namespace eva::engine
