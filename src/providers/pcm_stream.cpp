#include "providers/pcm_stream.h"

#include <algorithm>
#include <utility>

namespace eva::providers {
namespace {
constexpr std::size_t kMaxHead = 64 << 10;
constexpr std::size_t kRiffHead = 12;  // "RIFF", size, "WAVE"
constexpr std::size_t kChunkHead = 8;  // name, size
constexpr std::uint32_t kUnknown = 0xFFFFFFFF;

std::uint32_t little_endian(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i > 0; --i) {
    value = value << 8 | static_cast<std::uint8_t>(bytes[at + i - 1]);
  }
  return value;
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
  if (state_ == State::kWavHead && !skip_head()) {
    if (seen_ <= kMaxHead) return {};
    return fail(ErrorCode::kProtocol, "the speech is a WAV file whose samples do not begin");
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

bool PcmStream::skip_head() {
  for (;;) {
    const std::size_t n = std::min(skip_, head_.size());
    head_.erase(0, n);
    skip_ -= n;
    seen_ += n;
    if (skip_ > 0 || head_.size() < kChunkHead) return false;
    const bool data = head_.starts_with("data");
    const std::uint32_t size = little_endian(head_, 4);
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
