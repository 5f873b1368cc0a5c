#pragma once
// Detectors that say again what was recorded.
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <span>

#include "session/session.h"
#include "vad/vad.h"

namespace eva::replay {

/// Probabilities by the end of their window, in samples since the call began.
using Windows = std::map<std::int64_t, float>;

/// Event by event: for exactly the call that was recorded.
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

/// By the place in the caller's audio: for a call that may take another course. Says what was said
/// of the window nearest to the one that is asked about.
class PlacedVad final : public vad::Vad {
 public:
  /// `windows` outlives it.
  explicit PlacedVad(const Windows& windows) : windows_(windows) {}
  /// Before the first window.
  void set_session(const session::Session& session) { session_ = &session; }

  float speech_probability(std::span<const std::int16_t>) override {
    const std::int64_t end = session_->detected();
    const auto after = windows_.lower_bound(end);
    if (after == windows_.end()) return windows_.empty() ? 0 : windows_.rbegin()->second;
    if (after == windows_.begin()) return after->second;
    const auto before = std::prev(after);
    return end - before->first < after->first - end ? before->second : after->second;
  }
  void reset() override {}

 private:
  const Windows& windows_;
  const session::Session* session_ = nullptr;
};

/// Lends one to a session, which wants to own its detector.
class LentVad final : public vad::Vad {
 public:
  explicit LentVad(vad::Vad& vad) : vad_(vad) {}
  float speech_probability(std::span<const std::int16_t> window) override {
    return vad_.speech_probability(window);
  }
  void reset() override { vad_.reset(); }

 private:
  vad::Vad& vad_;
};

}  // namespace eva::replay
