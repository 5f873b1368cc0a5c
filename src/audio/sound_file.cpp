#include "audio/sound_file.h"

#include <fmt/format.h>
#include <sndfile.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

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

struct SoundReader::State {
  std::string name;
  File file;
  SF_INFO info{};
  std::int64_t read = 0;
  std::vector<float> block;
};

SoundReader::SoundReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
SoundReader::~SoundReader() = default;
SoundReader::SoundReader(SoundReader&&) noexcept = default;

Result<SoundReader> SoundReader::open(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    return fail(ErrorCode::kNotFound, fmt::format("{}: no such file", path.string()));
  }
  auto state = std::make_unique<State>();
  state->name = path.string();
  SF_INFO& info = state->info;
  state->file.reset(sf_open(path.c_str(), SFM_READ, &info));
  if (!state->file) {
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
  return SoundReader(std::move(state));
}

int SoundReader::rate() const {
  return state_->info.samplerate;
}

std::int64_t SoundReader::samples() const {
  return state_->info.frames;
}

Result<> SoundReader::read(std::vector<std::int16_t>& out, std::size_t most) {
  const auto channels = static_cast<std::size_t>(state_->info.channels);
  SNDFILE* file = state_->file.get();
  // The header's frame count is not trusted: the end is where the data ends.
  const std::int64_t left = kMaxSeconds * rate() - state_->read;
  const auto wanted = std::min(static_cast<sf_count_t>(most), sf_count_t{left});
  // As float: libsndfile does not scale float files when it is asked for integers.
  state_->block.resize(most * channels);
  const sf_count_t frames = wanted > 0 ? sf_readf_float(file, state_->block.data(), wanted) : 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(std::max(frames, sf_count_t{0})); ++i) {
    float sum = 0;
    for (std::size_t c = 0; c < channels; ++c) sum += state_->block[i * channels + c];
    out.push_back(to_pcm16(sum / static_cast<float>(channels)));
  }
  if (frames > 0) {
    state_->read += frames;
    return {};
  }
  if (sf_error(file) != SF_ERR_NO_ERROR) {
    return fail(ErrorCode::kBadInput,
                fmt::format("{}: damaged: {}", state_->name, sf_strerror(file)));
  }
  if (state_->read == 0) {
    return fail(ErrorCode::kBadInput, fmt::format("{}: holds no samples", state_->name));
  }
  // libsndfile passes over what it cannot decode.
  if (state_->read < samples() && left > 0) {
    return fail(ErrorCode::kBadInput, fmt::format("{}: damaged: {} of {} samples could be read",
                                                  state_->name, state_->read, samples()));
  }
  return {};
}

Result<Sound> read_sound(const std::filesystem::path& path) {
  auto reader = SoundReader::open(path);
  if (!reader) return std::unexpected(reader.error());
  Sound sound{.rate = reader->rate(), .pcm = {}};
  for (;;) {
    const std::size_t before = sound.pcm.size();
    if (auto read = reader->read(sound.pcm, 4096); !read) return std::unexpected(read.error());
    if (sound.pcm.size() == before) return sound;
  }
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
