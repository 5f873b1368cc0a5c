#pragma once
// Voice activity detection: 32 ms of audio in, the probability of speech out.
#include <cstdint>
#include <span>

namespace eva::vad {

inline constexpr int kRate = 16'000;
inline constexpr int kWindow = 512;  // samples per decision: 32 ms

/// One per stream: holds the stream's state. Lives on the session's loop; a call takes about 0.1 ms
/// and never blocks.
class Vad {
 public:
  virtual ~Vad() = default;
  /// Exactly kWindow mono samples at 16 kHz, the windows of a stream in order. Returns 0..1.
  virtual float speech_probability(std::span<const std::int16_t> window) = 0;
  /// Forgets the stream (a new recording begins).
  virtual void reset() = 0;
};

}  // namespace eva::vad
