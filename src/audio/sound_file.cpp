#include "audio/sound_file.h"

#include <fmt/format.h>
#include <sndfile.h>

#include <algorithm>
#include <memory>

#include "audio/pcm.h"

namespace eva::audio {
namespace {
struct Closer {
  void operator()(SNDFILE* file) const { sf_close(file); }
};
using File = std::unique_ptr<SNDFILE, Closer>;
constexpr int kMaxChannels = 8;
constexpr sf_count_t kMaxSeconds = 4 * 3600;
}  // namespace

Result<Sound> read_sound(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    return fail(ErrorCode::kNotFound, fmt::format("{}: no such file", path.string()));
  }
  SF_INFO info{};
  const File file(sf_open(path.c_str(), SFM_READ, &info));
  if (!file) {
    return fail(ErrorCode::kBadInput, fmt::format("{}: not a sound file that can be read ({}); use "
                                                  "WAV or FLAC",
                                                  path.string(), sf_strerror(nullptr)));
  }
  if (info.channels < 1 || info.channels > kMaxChannels || info.samplerate < 8000 ||
      info.samplerate > 192'000 || info.frames < 0 || info.frames > kMaxSeconds * info.samplerate) {
    return fail(
        ErrorCode::kBadInput,
        fmt::format("{}: {} channels at {} Hz; 1 to {} channels at 8 to 192 kHz and at most "
                    "4 hours can be read",
                    path.string(), info.channels, info.samplerate, kMaxChannels));
  }
  Sound sound{.rate = info.samplerate, .pcm = {}};
  // The header's frame count is not trusted: read until the data ends.
  // As float: libsndfile does not scale float files when it is asked for integers.
  std::vector<float> block(static_cast<std::size_t>(4096) *
                           static_cast<std::size_t>(info.channels));
  const auto limit = static_cast<std::size_t>(kMaxSeconds * info.samplerate);
  while (sound.pcm.size() < limit) {
    const sf_count_t frames = sf_readf_float(file.get(), block.data(), 4096);
    if (frames <= 0) break;
    for (sf_count_t i = 0; i < frames; ++i) {
      float sum = 0;
      for (int c = 0; c < info.channels; ++c) {
        sum += block[static_cast<std::size_t>(i * info.channels + c)];
      }
      sound.pcm.push_back(to_pcm16(sum / static_cast<float>(info.channels)));
    }
  }
  if (sf_error(file.get()) != SF_ERR_NO_ERROR) {
    return fail(ErrorCode::kBadInput,
                fmt::format("{}: damaged: {}", path.string(), sf_strerror(file.get())));
  }
  if (sound.pcm.empty()) {
    return fail(ErrorCode::kBadInput, fmt::format("{}: holds no samples", path.string()));
  }
  return sound;
}

Result<> write_wav(const std::filesystem::path& path, int rate,
                   std::span<const std::vector<std::int16_t>> channels) {
  SF_INFO info{};
  info.samplerate = rate;
  info.channels = static_cast<int>(channels.size());
  info.format = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
  const File file(sf_open(path.c_str(), SFM_WRITE, &info));
  if (!file) {
    return fail(ErrorCode::kIo,
                fmt::format("{}: cannot be written ({})", path.string(), sf_strerror(nullptr)));
  }
  std::size_t frames = 0;
  for (const auto& channel : channels) frames = std::max(frames, channel.size());
  std::vector<std::int16_t> mixed(frames * channels.size());
  for (std::size_t c = 0; c < channels.size(); ++c) {
    for (std::size_t i = 0; i < channels[c].size(); ++i) {
      mixed[i * channels.size() + c] = channels[c][i];
    }
  }
  const auto count = static_cast<sf_count_t>(frames);
  if (sf_writef_short(file.get(), mixed.data(), count) != count) {
    return fail(ErrorCode::kIo, fmt::format("{}: writing failed (disk full?)", path.string()));
  }
  return {};
}

}  // namespace eva::audio
