#pragma once
// Takes the linear part of the echo out: speexdsp's adaptive filter with its double-talk control.
#include <cstdint>
#include <memory>
#include <span>

namespace eva::echo {

/// One per stream, 16 kHz, windows in order. About 120 KB and 2 ms of CPU per second of audio.
class Canceller {
 public:
  static constexpr std::size_t kWindow = 512;
  /// How much of the room it models: what comes back later stays in.
  static constexpr std::size_t kTail = 3072;  // 192 ms

  Canceller();
  ~Canceller();
  Canceller(Canceller&&) noexcept;
  Canceller& operator=(Canceller&&) noexcept;

  /// kWindow samples each. `played` is what came out of the loudspeaker, earlier than its echo in
  /// `heard` by 0 to kTail samples. `rest` is `heard` without what the filter explains.
  void cancel(std::span<const std::int16_t> heard, std::span<const std::int16_t> played,
              std::span<std::int16_t> rest);
  /// Forgets the room.
  void reset();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace eva::echo
