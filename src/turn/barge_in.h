#pragma once
// Somebody speaks while the agent has the floor: an interruption, or not?
#include "base/time.h"
#include "turn/lexicon.h"

namespace eva::turn {

enum class BargeInKind {
  kWords,   // in two stages: quieter and silent at once, then what was said decides
  kSpeech,  // any speech of interrupt_speech stops the agent
};

struct BargeInSettings {
  BargeInKind kind = BargeInKind::kWords;
  Duration interrupt_speech = 200ms;
  bool interruptible = true;  // false: only a stop phrase stops this utterance
  // false: she only thinks. Waiting costs nothing then, and a short word is more of the question.
  bool agent_heard = true;
};

/// One overlap, from its first window of speech on. Duck and hold are reversible and come early,
/// so that a true interruption is heard to work within a quarter of a second; the decision follows
/// within half a second (full-duplex practice: duck at 60-120 ms, decide by 300-500 ms): a stop
/// phrase stops her at once, speech that is over by then or consists of backchannels does not, all
/// else does. Short pieces of speech are often misunderstood, so the recogniser is believed for
/// phrases of the lexicon only (docs/turn-taking.md has the measurements). Speech in several short
/// pieces counts together. Media time only; not thread-safe.
class BargeIn {
 public:
  enum class Level { kFull, kDucked, kHeld };  // what the agent's voice should be now

  static constexpr Duration kDuck = 64ms;     // of speech
  static constexpr Duration kHold = 128ms;    // of speech
  static constexpr Duration kProbe = 160ms;   // of speech, before the words are asked for
  static constexpr Duration kDecide = 448ms;  // since the start; 64 ms more if speech just ended
  static constexpr Duration kLong = 320ms;    // of speech: less is no interruption by itself
  static constexpr Duration kPieces = 576ms;  // of speech in several pieces: is one

  BargeIn(const BargeInSettings& settings, const Lexicon& lexicon)
      : settings_(settings), lexicon_(lexicon) {}

  /// The next window of `length` that ends at media time `end`. Speech that is `far`
  /// (speaker_level.h) is a television or the next room: but a stop phrase, it does nothing until
  /// the user joins in.
  void on_window(bool speech, Duration end, Duration length, bool far = false);
  /// The words so far of which somebody was asked at asked().
  void on_words(std::string_view text);
  /// They cannot be had.
  void on_no_words() { asking_ = false; }

  /// Should the recogniser be asked for the words so far? At most eight times per overlap.
  bool wants_words() const;
  void asked();

  Level level() const { return level_; }
  /// It is an interruption: final.
  bool stops() const { return stops_; }
  /// It is none so far: the agent goes on, and speech that follows is judged afresh.
  bool dismissed() const { return dismissed_; }
  OverlapWords::Kind words() const { return words_.kind; }

 private:
  void start_afresh(Duration at);
  void decide();
  void dismiss();

  BargeInSettings settings_;
  const Lexicon& lexicon_;
  Duration start_{-1};
  Duration now_{};
  Duration last_speech_{};
  Duration earlier_{};  // speech before start_ but backchannels
  Duration voiced_{};   // since start_
  Duration voiced_dismissed_{};
  Duration voiced_asked_{};  // of that, in the audio last asked about
  int questions_ = 0;
  bool near_ = false;  // this piece has speech that is not far
  bool asking_ = false;
  bool stale_ = false;     // what was asked about is an earlier piece
  bool answered_ = false;  // words_ is of this overlap
  OverlapWords words_;
  Level level_ = Level::kFull;
  bool stops_ = false;
  bool dismissed_ = false;
};

}  // namespace eva::turn
