#pragma once
// The vocabulary of time. Two clocks exist in Eva and both are plain values (docs/threads.md):
//  - media time: samples received / rate, a Duration since the start of the stream. It decides
//    everything about the dialogue (pauses, end of turn), so jitter and test speed change nothing.
//  - session time: a Time, handed in by the host as `now`. It paces playout and bounds waits.
// The real clock is read in src/io only.
#include <chrono>
#include <cstdint>

namespace eva {

using Duration = std::chrono::microseconds;

/// Tag of the session clock. It has no now(): the host passes `now` in.
struct SessionClock {
  using duration = Duration;
  using rep = Duration::rep;
  using period = Duration::period;
  using time_point = std::chrono::time_point<SessionClock>;
};
using Time = SessionClock::time_point;

using namespace std::chrono_literals;

/// Length of n samples at rate Hz, rounded down to 1 µs.
constexpr Duration samples_to_duration(std::int64_t samples, int rate) {
  return Duration{samples * 1'000'000 / rate};
}
/// Whole samples that fit into d at rate Hz (rounded down).
constexpr std::int64_t duration_to_samples(Duration d, int rate) {
  return d.count() * rate / 1'000'000;
}
constexpr std::int64_t to_ms(Duration d) {
  return d.count() / 1000;
}

}  // namespace eva
