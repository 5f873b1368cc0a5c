#pragma once
// How much of what the canceller left can still be her voice?
#include "echo/bands.h"

namespace eva::echo {

/// Predicts the echo that is left, band by band, in two ways: from what was played (an upper bound,
/// at once), and from what the canceller took out (closer, once its filter fits). The gain of each
/// follows a high quantile of what is seen, and the smaller prediction counts. Frames of 32 ms
/// every 16 ms, in order. Constants were chosen on bench/echo.
class Residue {
 public:
  /// Powers of one frame.
  struct Frame {
    BandPower heard;   // by the microphone
    BandPower left;    // by the canceller
    BandPower taken;   // by it
    BandPower played;  // aligned with its echo
  };

  /// The share of `left` that neither echo nor steady noise explains, 0..1; 0 for the first 256 ms
  /// of her voice.
  float unexplained(const Frame& frame);
  /// Another echo path: forgets the gains, not the noise.
  void reset();
  /// The echo may have moved by some milliseconds, so that the canceller's filter fits no longer.
  void unsettle();

 private:
  struct Prediction {
    BandPower source{};   // smoothed as a room does
    BandPower loudest{};  // source of late
    BandPower gain_db{};
  };
  static void follow(Prediction& prediction, const BandPower& source);
  void learn(Prediction& prediction, const BandPower& seen, float unexplained) const;

  Prediction from_played_;  // of what is heard
  Prediction from_taken_;   // of what is left
  BandPower noise_{};
  int learnt_ = 0;  // frames with her voice since the reset, up to kWarmUp
};

}  // namespace eva::echo
