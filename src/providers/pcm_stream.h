#pragma once
// Bytes of a speech answer to samples. Pure; takes any bytes in any chunking.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace eva::providers {

/// Raw 16-bit little-endian mono PCM; the head of a WAV file, which some providers send though
/// "pcm" was asked for, is skipped, and so is what follows the samples in such a file.
class PcmStream {
 public:
  /// Appends the samples that `bytes` completes. kProtocol: a WAV head of another format than
  /// 16-bit mono PCM at speech::kTtsRate, or without samples within 64 KiB.
  [[nodiscard]] Result<> push(std::string_view bytes, std::vector<std::int16_t>& samples);

 private:
  enum class State { kBeginning, kWavHead, kSamples };
  /// Takes whole chunks off head_; true once the samples begin.
  Result<bool> skip_head();

  State state_ = State::kBeginning;
  std::string head_;             // not understood yet, or the odd byte of a sample
  std::size_t skip_ = 0;         // bytes of the current WAV chunk still to come
  std::size_t seen_ = 0;         // bytes before the samples
  std::size_t left_ = SIZE_MAX;  // bytes of samples that the WAV head promised
};

}  // namespace eva::providers
