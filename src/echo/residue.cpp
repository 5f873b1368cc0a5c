#include "echo/residue.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace eva::echo {
namespace {
float knob(const char* n, float d) { const char* s = std::getenv(n); return s ? std::atof(s) : d; }
const float kReverberation = knob("RHO", 0.7F);     // of a room, per frame of 16 ms
constexpr float kActive = 0.02F;          // of the loudest: quieter bands teach nothing
constexpr float kLoudestFades = 0.998F;   // half in 5.5 s
const float kUp = knob("UP", 0.3F);       // dB per frame
const float kDown = knob("DOWN", 0.04F);
const float kMargin = knob("MARGIN", 2.0F);
constexpr float kNoiseMargin = 3;
const float kUnsettled = knob("UNSETTLED", 10);
constexpr int kWarmUp = 16;  // frames
constexpr float kFloor = 2000;  // int16 power: about one unit of noise

float to_db(float ratio) { return 10 * std::log10(ratio); }
float from_db(float db) { return std::pow(10.0F, db / 10); }
}  // namespace

void Residue::reset() {
  from_played_ = {};
  from_taken_ = {};
  learnt_ = 0;
}

void Residue::unsettle() {
  // What the canceller takes out says nothing until it has found the echo again.
  for (float& gain : from_taken_.gain_db) gain = std::max(gain, kUnsettled);
}

void Residue::follow(Prediction& prediction, const BandPower& source) {
  for (std::size_t band = 0; band < kBands; ++band) {
    float& smooth = prediction.source[band];
    smooth = kReverberation * smooth + source[band];
    float& loudest = prediction.loudest[band];
    loudest = std::max(kLoudestFades * loudest, smooth);
  }
}

void Residue::learn(Prediction& prediction, const BandPower& left, float unexplained) {
  for (std::size_t band = 0; band < kBands; ++band) {
    const float source = prediction.source[band];
    if (source < kFloor || source < kActive * prediction.loudest[band]) continue;
    const float seen = to_db((left[band] + 1) / source);
    float& gain = prediction.gain_db[band];
    if (learnt_ == 0) gain = seen;
    if (learnt_ < kWarmUp) {
      gain = std::max(gain, seen);
    } else if (seen > gain) {
      gain += std::min(seen - gain, kUp * (1.05F - unexplained));
    } else {
      gain -= std::min(gain - seen, kDown);
    }
  }
}

float Residue::unexplained(const Frame& frame) {
  follow(from_played_, frame.played);
  follow(from_taken_, frame.taken);
  float all = 0;
  float rest = 0;
  bool active = false;
  for (std::size_t band = 0; band < kBands; ++band) {
    const float left = frame.left[band] + kFloor;
    float& noise = noise_[band];
    noise = noise == 0 || left < noise ? left : noise * 1.004F;  // +1.1 dB/s
    const float weight = static_cast<float>(band + 3);
    const float echo = std::min(from_played_.source[band] * from_db(from_played_.gain_db[band]),
                                from_taken_.source[band] * from_db(from_taken_.gain_db[band]));
    all += weight * left;
    rest += weight * std::max(0.0F, left - kMargin * echo - kNoiseMargin * noise);
    if (from_played_.source[band] > 100 * kFloor) active = true;
  }
  const float share = learnt_ < kWarmUp ? 0.0F : rest / all;
  if (active) {
    learn(from_played_, frame.heard, share);
    learn(from_taken_, frame.left, share);
    if (learnt_ < kWarmUp) ++learnt_;
  }
  return share;
}

}  // namespace eva::echo
