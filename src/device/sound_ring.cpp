#include "device/sound_ring.h"

#include <algorithm>
#include <bit>

namespace eva::device {

SoundRing::SoundRing(std::size_t capacity) : samples_(std::bit_ceil(capacity)) {}

std::size_t SoundRing::write(std::span<const std::int16_t> samples) {
  const std::size_t at = written_.load(std::memory_order_relaxed);
  const std::size_t used = at - read_.load(std::memory_order_acquire);
  const std::size_t count = std::min(samples.size(), samples_.size() - used);
  for (std::size_t i = 0; i < count; ++i) {
    samples_[(at + i) & (samples_.size() - 1)] = samples[i];
  }
  written_.store(at + count, std::memory_order_release);
  return count;
}

void SoundRing::drop_written() {
  dropped_until_.store(written_.load(std::memory_order_relaxed), std::memory_order_release);
}

std::size_t SoundRing::read(std::span<std::int16_t> out) {
  // In this order: what is dropped was written before, so `at` never overtakes `end`.
  const std::size_t dropped = dropped_until_.load(std::memory_order_acquire);
  const std::size_t end = written_.load(std::memory_order_acquire);
  const std::size_t at = std::max(read_.load(std::memory_order_relaxed), dropped);
  const std::size_t count = std::min(out.size(), end - at);
  for (std::size_t i = 0; i < count; ++i) out[i] = samples_[(at + i) & (samples_.size() - 1)];
  read_.store(at + count, std::memory_order_release);
  return count;
}

}  // namespace eva::device
