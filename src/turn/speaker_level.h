#pragma once
// Is that the user, or somebody further away?
#include <cstddef>

namespace eva::turn {

/// The mean power of some windows of speech, squares of int16 samples.
struct SpeechPower {
  double sum = 0;
  std::size_t windows = 0;

  void add(double power) {
    sum += power;
    ++windows;
  }
};

/// How loud this call's user speaks. A television and people in the next room reach the microphone
/// more quietly than who talks to it. Sentences of one reader differ by at most 6 dB (test set, ten
/// readers); a fifth of their windows are 12 dB below the mean, so that single windows prove
/// nothing, but their loud ones come within the first syllable. Nothing is far before half a second
/// of turns with words.
class SpeakerLevel {
 public:
  /// The speech of a turn in which words were understood.
  void learn(const SpeechPower& turn);
  /// Windows of that power are not the user's.
  bool far(double power) const;

 private:
  SpeechPower known_;
};

}  // namespace eva::turn
