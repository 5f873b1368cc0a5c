#pragma once
// Samples from one thread to another without a lock.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace eva::device {

/// One thread writes, one reads; neither ever waits, so that either may be a sound card's.
class SoundRing {
 public:
  /// `capacity`: samples, rounded up to a power of two.
  explicit SoundRing(std::size_t capacity);

  /// Writer: takes what there is room for and returns how much that was.
  std::size_t write(std::span<const std::int16_t> samples);
  /// Writer: the reader will skip all that was written so far.
  void drop_written();

  /// Reader: fills the front of `out` and returns how much.
  std::size_t read(std::span<std::int16_t> out);

 private:
  std::vector<std::int16_t> samples_;  // by position modulo its size
  std::atomic<std::size_t> written_{0};
  std::atomic<std::size_t> read_{0};
  std::atomic<std::size_t> dropped_until_{0};
};

}  // namespace eva::device
