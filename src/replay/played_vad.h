#pragma once
// A detector that says again what was recorded.
#include <cstddef>
#include <span>

#include "vad/vad.h"

namespace eva::replay {

/// Event by event, so that a session that skips windows does not shift those after them.
class PlayedVad final : public vad::Vad {
 public:
  /// What the next event will be answered with; valid until the event is over.
  void expect(std::span<const float> probabilities) {
    probabilities_ = probabilities;
    asked_ = 0;
  }
  /// Windows that the session asked about since; more or fewer than expected is a difference.
  std::size_t asked() const { return asked_; }

  float speech_probability(std::span<const std::int16_t>) override {
    const std::size_t i = asked_++;
    if (i < probabilities_.size()) last_ = probabilities_[i];
    return last_;
  }
  void reset() override {}

 private:
  std::span<const float> probabilities_;
  std::size_t asked_ = 0;
  float last_ = 0;
};

/// Lends one to a session, which wants to own its detector.
class LentVad final : public vad::Vad {
 public:
  explicit LentVad(PlayedVad& vad) : vad_(vad) {}
  float speech_probability(std::span<const std::int16_t> window) override {
    return vad_.speech_probability(window);
  }
  void reset() override { vad_.reset(); }

 private:
  PlayedVad& vad_;
};

}  // namespace eva::replay
