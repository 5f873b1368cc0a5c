#include "echo/played_audio.h"

#include <algorithm>
#include <cstdlib>

namespace eva::echo {
namespace {
constexpr std::int64_t kContinues = PlayedAudio::kRate * 60 / 1000;
}

void PlayedAudio::append(std::span<const std::int16_t> pcm) {
  for (const std::int16_t sample : pcm) {
    ring_[static_cast<std::size_t>(*end_ % kCapacity)] = sample;
    ++*end_;
  }
  begin_ = std::max(begin_, *end_ - kCapacity);
}

void PlayedAudio::push(std::span<const std::int16_t> pcm24k, Duration at) {
  if (ring_.empty()) ring_.resize(kCapacity);
  const std::int64_t index = std::max<std::int64_t>(0, duration_to_samples(at, kRate));
  if (!end_ || std::abs(index - *end_) > kContinues) {
    converted_.clear();
    resampler_.flush(converted_);
    if (end_) append(converted_);
    if (!end_ || index < *end_ || index - *end_ >= kCapacity) {
      // What is known after `index` was not heard as expected.
      begin_ = end_ && index < *end_ ? std::min(begin_, index) : index;
      end_ = index;
    } else {
      while (*end_ < index) {
        ring_[static_cast<std::size_t>(*end_ % kCapacity)] = 0;
        ++*end_;
      }
    }
  }
  converted_.clear();
  resampler_.process(pcm24k, converted_);
  append(converted_);
}

void PlayedAudio::forget_after(Duration at) {
  if (!end_) return;
  converted_.clear();
  resampler_.flush(converted_);
  append(converted_);
  end_ = std::min(*end_, std::max(begin_, duration_to_samples(at, kRate)));
}

void PlayedAudio::copy(std::int64_t begin, std::span<std::int16_t> out) const {
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::int64_t index = begin + static_cast<std::int64_t>(i);
    const bool known = end_ && index >= begin_ && index < *end_;
    out[i] = known ? ring_[static_cast<std::size_t>(index % kCapacity)] : std::int16_t{0};
  }
}

}  // namespace eva::echo
