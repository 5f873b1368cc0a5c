#pragma once
// SubRip and WebVTT files of what was said.
#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "speech/stt.h"

namespace eva::recorder {

/// A text that is shown from `start` to `end`.
struct Cue {
  Duration start{};
  Duration end{};
  std::string text;  // one or two lines
};

/// What was said between two times.
struct Utterance {
  Duration start{};
  Duration end{};
  std::string text;
  /// With times from `start`; empty where the recogniser has none: then the text is spread evenly.
  std::vector<speech::Word> words;
};

/// Cuts an utterance into cues of at most two lines of 42 bytes (a longer word stands alone),
/// preferably after a sentence. Times never decrease and lie within the utterance. An empty text
/// gives none.
std::vector<Cue> cues_of(const Utterance& utterance);

/// Number, times, text and an empty line.
std::string srt_cue(int number, const Cue& cue);
/// The head of a WebVTT file.
std::string vtt_head();
std::string vtt_cue(const Cue& cue);

}  // namespace eva::recorder
