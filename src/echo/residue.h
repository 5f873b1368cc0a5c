#pragma once
// How much of what the canceller left can still be her voice?
#include "echo/bands.h"

namespace eva::echo {

/// Predicts the echo that is left, band by band, in two ways: from what was played, and from what
/// the canceller took out. Each prediction's gain follows a high quantile of what is seen, and the
/// smaller prediction counts. Frames of 32 ms every 16 ms.
class Residue {
 public:
  /// Powers of one frame. `played` is aligned with its echo.
  struct Frame {
    BandPower heard;
    BandPower left;
    BandPower taken;
    BandPower played;
  };

  /// The share of `left` that neither echo nor steady noise explains, 0..1. 0 while learning.
  float unexplained(const Frame& frame);
  /// Forgets the gains, not the noise.
  void reset();
  /// The echo may have moved by a few milliseconds.
  void unsettle();

 private:
  struct Prediction {
    BandPower source{};   // smoothed like a room does
    BandPower loudest{};  // of late
    BandPower gain_db{};
  };
  void follow(Prediction& prediction, const BandPower& source);
  void learn(Prediction& prediction, const BandPower& left, float unexplained);

  Prediction from_played_;
  Prediction from_taken_;
  BandPower noise_{};
  int learnt_ = 0;  // frames with her voice since the reset
};

}  // namespace eva::echo
