#include "providers/pcm_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "speech/tts.h"

namespace eva::providers {
namespace {
constexpr std::size_t kMaxHead = 64 << 10;
constexpr std::size_t kRiffHead = 12;  // "RIFF", size, "WAVE"
constexpr std::size_t kChunkHead = 8;  // name, size
constexpr std::size_t kFormat = 16;    // coding, channels, rate, bytes/s, frame, bits
constexpr std::uint32_t kUnknown = 0xFFFFFFFF;

std::uint32_t little_endian(std::string_view bytes, std::size_t at, std::size_t size = 4) {
  std::uint32_t value = 0;
  for (std::size_t i = size; i > 0; --i) {
    value = value << 8 | static_cast<std::uint8_t>(bytes[at + i - 1]);
  }
  return value;
}

/// Another rate would be heard as another voice.
Result<> check_format(std::string_view format) {
  const auto channels = little_endian(format, 2, 2);
  const auto rate = little_endian(format, 4);
  const auto bits = little_endian(format, 14, 2);
  if (channels == 1 && rate == speech::kTtsRate && bits == 16) return {};
  return fail(ErrorCode::kProtocol,
              fmt::format("the voice sent {} channels of {} bits at {} Hz; one of 16 bits at {} Hz "
                          "is needed",
                          channels, bits, rate, speech::kTtsRate));
}
}  // namespace

Result<> PcmStream::push(std::string_view bytes, std::vector<std::int16_t>& samples) {
  head_ += bytes;
  if (state_ == State::kBeginning) {
    const std::string_view magic = std::string_view("RIFF").substr(0, head_.size());
    if (!head_.starts_with(magic)) {
      state_ = State::kSamples;
    } else if (head_.size() < kRiffHead) {
      return {};
    } else {
      const bool wave = std::string_view(head_).substr(8, 4) == "WAVE";
      state_ = wave ? State::kWavHead : State::kSamples;
      if (wave) head_.erase(0, kRiffHead);
    }
  }
  if (state_ == State::kWavHead) {
    const Result<bool> begun = skip_head();
    if (!begun) return std::unexpected(begun.error());
    if (!*begun && seen_ <= kMaxHead) return {};
    if (!*begun) {
      return fail(ErrorCode::kProtocol, "the speech is a WAV file whose samples do not begin");
    }
  }
  const std::size_t usable = std::min(head_.size(), left_) & ~std::size_t{1};
  for (std::size_t i = 0; i < usable; i += 2) {
    const auto low = static_cast<std::uint8_t>(head_[i]);
    const auto high = static_cast<std::uint8_t>(head_[i + 1]);
    samples.push_back(static_cast<std::int16_t>(low | high << 8));
  }
  if (left_ != SIZE_MAX) left_ -= usable;
  if (left_ < 2) {
    head_.clear();  // what follows the samples of a WAV file
  } else {
    head_.erase(0, usable);
  }
  return {};
}

Result<bool> PcmStream::skip_head() {
  for (;;) {
    const std::size_t n = std::min(skip_, head_.size());
    head_.erase(0, n);
    skip_ -= n;
    seen_ += n;
    if (skip_ > 0 || head_.size() < kChunkHead) return false;
    const bool data = head_.starts_with("data");
    const std::uint32_t size = little_endian(head_, 4);
    if (head_.starts_with("fmt ") && size >= kFormat) {
      if (head_.size() < kChunkHead + kFormat) return false;
      if (auto checked = check_format(std::string_view(head_).substr(kChunkHead)); !checked) {
        return std::unexpected(checked.error());
      }
    }
    head_.erase(0, kChunkHead);
    seen_ += kChunkHead;
    if (data) {
      state_ = State::kSamples;
      if (size != 0 && size != kUnknown) left_ = size;  // 0 and all ones: streamed, not known
      return true;
    }
    if (seen_ > kMaxHead) return false;
    skip_ = size + size % 2;
  }
}

}  // namespace eva::providers
