#pragma once
// Sound that arrives as bytes and has no end yet: raw samples, or a WAV stream.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"

namespace eva::cli {

/// Takes 16-bit samples, little-endian. What begins with "RIFF" is a WAV stream, whose head says
/// rate (8 to 192 kHz) and channels (1 to 8, mixed down); everything else is raw mono. Sizes in
/// the head are not trusted: streams do not know them. Single-threaded.
class SoundStream {
 public:
  explicit SoundStream(int raw_rate) : rate_(raw_rate) {}

  /// Appends the mono samples that `bytes` complete. kBadInput: a WAV stream that cannot be read.
  Result<> push(std::span<const std::byte> bytes, std::vector<std::int16_t>& out);
  /// kBadInput: the stream ended within its head, or before the first sample.
  Result<> end() const;
  /// Known once there are samples.
  int rate() const { return rate_; }

 private:
  enum class Part { kStart, kHead, kSkip, kSamples };

  Result<bool> read_head();
  Result<> read_format(std::span<const std::byte> chunk);
  void read_samples(std::vector<std::int16_t>& out);

  Part part_ = Part::kStart;
  int rate_;
  std::size_t channels_ = 1;
  bool has_format_ = false;
  std::size_t skip_ = 0;  // bytes of a chunk that says nothing about the sound
  std::vector<std::byte> bytes_;
  bool any_samples_ = false;
};

}  // namespace eva::cli
