#include "cli/sound_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace eva::cli {
namespace {

constexpr std::size_t kRiffHead = 12;
constexpr std::size_t kChunkHead = 8;
constexpr std::size_t kMostFormat = 1024;
constexpr std::uint32_t kPcm = 1;
constexpr std::uint32_t kExtensible = 0xFFFE;

std::uint32_t number(std::span<const std::byte> bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    value |= std::to_integer<std::uint32_t>(bytes[at + i]) << (8 * i);
  }
  return value;
}

bool says(std::span<const std::byte> bytes, std::size_t at, std::string_view tag) {
  return std::memcmp(bytes.data() + at, tag.data(), tag.size()) == 0;
}

std::unexpected<Error> refuse(const std::string& why) {
  return fail(ErrorCode::kBadInput, "the stream is no WAV that can be read: " + why);
}

}  // namespace

Result<> SoundStream::push(std::span<const std::byte> bytes, std::vector<std::int16_t>& out) {
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  if (part_ == Part::kStart) {
    const std::size_t seen = std::min(bytes_.size(), std::size_t{4});
    if (seen == 0) return {};
    if (!says(bytes_, 0, std::string_view("RIFF").substr(0, seen))) {
      part_ = Part::kSamples;
    } else if (bytes_.size() >= kRiffHead) {
      if (!says(bytes_, 8, "WAVE")) return refuse("it is RIFF, but not WAVE");
      bytes_.erase(bytes_.begin(), bytes_.begin() + kRiffHead);
      part_ = Part::kHead;
    }
  }
  while (part_ == Part::kHead || part_ == Part::kSkip) {
    const auto more = read_head();
    if (!more) return std::unexpected(more.error());
    if (!*more) return {};
  }
  if (part_ == Part::kSamples) read_samples(out);
  return {};
}

// One chunk; false: more bytes are needed.
Result<bool> SoundStream::read_head() {
  if (part_ == Part::kSkip) {
    const std::size_t gone = std::min(skip_, bytes_.size());
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(gone));
    skip_ -= gone;
    if (skip_ > 0) return false;
    part_ = Part::kHead;
  }
  if (bytes_.size() < kChunkHead) return false;
  const std::size_t size = number(bytes_, 4, 4);
  if (says(bytes_, 0, "data")) {
    if (!has_format_) return refuse("no format stands before the samples");
    bytes_.erase(bytes_.begin(), bytes_.begin() + kChunkHead);
    part_ = Part::kSamples;
    return true;
  }
  const std::size_t padded = size + size % 2;
  if (says(bytes_, 0, "fmt ")) {
    if (size < 16 || size > kMostFormat) return refuse("its format is damaged");
    if (bytes_.size() < kChunkHead + padded) return false;
    const auto read = read_format(std::span(bytes_).subspan(kChunkHead, size));
    if (!read) return std::unexpected(read.error());
  }
  part_ = Part::kSkip;
  skip_ = kChunkHead + padded;
  return true;
}

Result<> SoundStream::read_format(std::span<const std::byte> chunk) {
  std::uint32_t kind = number(chunk, 0, 2);
  if (kind == kExtensible && chunk.size() >= 26) kind = number(chunk, 24, 2);
  const std::uint32_t bits = number(chunk, 14, 2);
  if (kind != kPcm || bits != 16) {
    return refuse(
        fmt::format("its samples are of kind {} with {} bits; 16-bit PCM can be read", kind, bits));
  }
  channels_ = number(chunk, 2, 2);
  const std::uint32_t rate = number(chunk, 4, 4);
  if (channels_ < 1 || channels_ > 8 || rate < 8'000 || rate > 192'000) {
    return refuse(
        fmt::format("{} channels at {} Hz; 1 to 8 at 8 to 192 kHz can be read", channels_, rate));
  }
  rate_ = static_cast<int>(rate);
  has_format_ = true;
  return {};
}

void SoundStream::read_samples(std::vector<std::int16_t>& out) {
  const std::size_t frame = 2 * channels_;
  const std::size_t frames = bytes_.size() / frame;
  for (std::size_t i = 0; i < frames; ++i) {
    int sum = 0;
    for (std::size_t c = 0; c < channels_; ++c) {
      sum += static_cast<std::int16_t>(number(bytes_, i * frame + 2 * c, 2));
    }
    out.push_back(static_cast<std::int16_t>(sum / static_cast<int>(channels_)));
  }
  any_samples_ = any_samples_ || frames > 0;
  bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(frames * frame));
}

Result<> SoundStream::end() const {
  if (any_samples_) return {};
  if (part_ == Part::kHead || part_ == Part::kSkip || !bytes_.empty()) {
    return fail(ErrorCode::kBadInput, "the stream ended before its first sample");
  }
  return fail(ErrorCode::kBadInput, "the stream is empty");
}

}  // namespace eva::cli
