#pragma once
// How long after it was played does she come back through the microphone?
#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace eva::echo {

/// Generalised cross-correlation with phase transform (Knapp and Carter, 1976) of 160 ms of the
/// microphone with all that was played from kEarliest to kLatest before, at 3.2 kHz, leaky over the
/// calls. One search takes about 0.2 ms. 14 KB.
class DelaySearch {
 public:
  static constexpr int kRate = 16'000;
  static constexpr int kStep = 5;  // samples at 16 kHz per sample that is compared
  static constexpr std::int64_t kBlock = 512L * kStep;
  static constexpr std::int64_t kEarliest = -1024L * kStep;  // -320 ms
  static constexpr std::int64_t kLatest = 2560L * kStep;     // 800 ms
  static constexpr std::int64_t kPlayed = kBlock + kLatest - kEarliest;

  struct Found {
    std::int64_t delay = 0;  // samples at 16 kHz
    float strength = 0;      // the peak over the correlation's RMS; without an echo 3 to 5
  };

  /// `heard`: kBlock samples of the microphone. `played`: kPlayed samples, from kLatest before the
  /// first sample of `heard` on.
  Found search(std::span<const std::int16_t> heard, std::span<const std::int16_t> played);
  void reset() { correlation_.clear(); }

 private:
  std::vector<float> correlation_;  // by how much later than kLatest before
};

}  // namespace eva::echo
