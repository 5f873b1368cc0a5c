#include "echo/residue.h"

#include <algorithm>
#include <cmath>

namespace eva::echo {
namespace {

constexpr float kReverberation = 0.7F;   // of a room, per frame: 60 dB in 0.6 s
constexpr float kActive = 0.02F;         // of the loudest; quieter sources teach nothing
constexpr float kLoudestFades = 0.998F;  // per frame: by half in 5.5 s
constexpr float kFloor = 2000;           // band power of rounding noise
constexpr float kVoice = 100 * kFloor;   // what is played in a band counts from here on

// The quantile: dB per frame towards what is seen.
constexpr float kUp = 0.3F;
constexpr float kDown = 0.04F;
constexpr float kHurry = 0.05F;  // times the distance beyond kFar
constexpr float kFar = 10;       // dB
constexpr float kUnsettled = 60;
constexpr int kWarmUp = 16;  // frames

constexpr float kEchoMargin = 4;  // 6 dB over the prediction
constexpr float kNoiseMargin = 3;
constexpr float kNoiseRises = 1.004F;  // per frame: 1.1 dB/s

float to_db(float ratio) {
  return 10 * std::log10(ratio);
}
float from_db(float db) {
  return std::pow(10.0F, db / 10);
}

}  // namespace

void Residue::reset() {
  from_played_ = {};
  from_taken_ = {};
  learnt_ = 0;
}

void Residue::unsettle() {
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

void Residue::learn(Prediction& prediction, const BandPower& seen, float unexplained) const {
  for (std::size_t band = 0; band < kBands; ++band) {
    const float source = prediction.source[band];
    if (source < kFloor || source < kActive * prediction.loudest[band]) continue;
    const float now = to_db((seen[band] + 1) / source);
    float& gain = prediction.gain_db[band];
    if (learnt_ == 0) gain = now;
    if (learnt_ < kWarmUp) {
      gain = std::max(gain, now);
    } else if (now > gain) {
      gain += std::min(now - gain, kUp * (1.05F - unexplained));  // the user teaches little
    } else {
      gain -= std::min(gain - now, kDown + kHurry * std::max(0.0F, gain - now - kFar));
    }
  }
}

float Residue::unexplained(const Frame& frame) {
  follow(from_played_, frame.played);
  follow(from_taken_, frame.taken);
  float all = 0;
  float rest = 0;
  bool voice = false;
  for (std::size_t band = 0; band < kBands; ++band) {
    const float left = frame.left[band] + kFloor;
    float& noise = noise_[band];
    noise = noise == 0 ? left : std::min(left, noise * kNoiseRises);
    const float echo = std::min(from_played_.source[band] * from_db(from_played_.gain_db[band]),
                                from_taken_.source[band] * from_db(from_taken_.gain_db[band]));
    // Speech falls towards high bands, where rooms swallow more: they weigh more.
    const auto weight = static_cast<float>(band + 3);
    all += weight * left;
    rest += weight * std::max(0.0F, left - kEchoMargin * echo - kNoiseMargin * noise);
    voice = voice || from_played_.source[band] > kVoice;
  }
  const float share = learnt_ < kWarmUp ? 0.0F : rest / all;
  if (voice) {
    learn(from_played_, frame.heard, share);
    learn(from_taken_, frame.left, share);
    learnt_ = std::min(learnt_ + 1, kWarmUp);
  }
  return share;
}

}  // namespace eva::echo
