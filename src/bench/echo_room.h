#pragma once
// A loudspeaker and a microphone in one room.
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "audio/resampler.h"
#include "base/time.h"

namespace eva::bench {

/// What a microphone hears of what a loudspeaker plays, and the room's noise, the same every time.
/// One call's; single-threaded.
class EchoRoom {
 public:
  struct Setting {
    std::span<const std::int16_t> impulse;  // the room's response at kRate; copied
    double level_db;                        // the echo's energy over that of what is played
    Duration delay;                         // of devices and network, before the room's
    double noise = 0;                       // RMS of the room's own noise, white
  };
  explicit EchoRoom(const Setting& setting);

  /// The next `count` samples of the microphone, at kRate, from the call's start on. `played`: all
  /// that was ever to be heard, at 24 kHz from the call's start on; what has been heard by then
  /// does not change any more, and beyond its end there is silence.
  std::vector<float> hear(std::span<const std::int16_t> played, std::size_t count);

 private:
  std::vector<float> taps_;  // reversed, scaled
  audio::Resampler resampler_;
  std::vector<std::int16_t> dry_;  // at kRate, from the call's start on
  std::size_t taken_ = 0;          // samples of `played`
  std::size_t heard_ = 0;
  std::mt19937 random_;
  std::normal_distribution<float> noise_;
};

}  // namespace eva::bench
