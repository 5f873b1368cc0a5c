#include "engine/service_audio.h"

#include <fmt/format.h>
#include <sndfile.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include "audio/pcm.h"
#include "audio/resampler.h"

namespace eva::engine {
namespace {
constexpr int kMaxChannels = 8;
constexpr sf_count_t kBlockFrames = 4096;

struct Closer {
  void operator()(SNDFILE* file) const { sf_close(file); }
};

/// The upload as libsndfile reads it.
struct Memory {
  std::string_view bytes;
  sf_count_t position = 0;
};

sf_count_t length(void* user) {
  return static_cast<sf_count_t>(static_cast<Memory*>(user)->bytes.size());
}
sf_count_t seek(sf_count_t offset, int whence, void* user) {
  auto& memory = *static_cast<Memory*>(user);
  const sf_count_t base = whence == SEEK_SET   ? 0
                          : whence == SEEK_CUR ? memory.position
                                               : length(user);
  // The offset comes out of the file: only sums that cannot overflow are made.
  const sf_count_t size = length(user);
  if (offset < -base || offset > size - base) return -1;
  return memory.position = base + offset;
}
sf_count_t read(void* out, sf_count_t count, void* user) {
  auto& memory = *static_cast<Memory*>(user);
  const sf_count_t n = std::clamp<sf_count_t>(count, 0, length(user) - memory.position);
  std::memcpy(out, memory.bytes.data() + memory.position, static_cast<std::size_t>(n));
  memory.position += n;
  return n;
}
sf_count_t write(const void*, sf_count_t, void*) {
  return 0;
}
sf_count_t tell(void* user) {
  return static_cast<Memory*>(user)->position;
}

/// Only these get to libsndfile: its rarer parsers are not exposed to uploads.
bool known_container(std::string_view bytes) {
  for (const std::string_view magic : {"RIFF", "RF64", "fLaC", "ID3"}) {
    if (bytes.starts_with(magic)) return true;
  }
  // Opus only: libsndfile 1.2 leaks 5.8 KB for each damaged Vorbis file.
  constexpr std::size_t kOggPageHead = 28;
  if (bytes.starts_with("OggS") && bytes.size() > kOggPageHead) {
    return bytes.substr(kOggPageHead).starts_with("OpusHead");
  }
  return bytes.size() > 2 && bytes[0] == '\xFF' && (bytes[1] & 0xE0) == 0xE0;  // MPEG frame sync
}

std::unexpected<Error> not_audio(const char* why) {
  return fail(ErrorCode::kBadInput,
              fmt::format("the file cannot be read as WAV, FLAC, Ogg Opus or MP3 ({})", why));
}
}  // namespace

Result<std::vector<std::int16_t>> decode_upload(std::string_view bytes) {
  if (!known_container(bytes)) return not_audio("unknown beginning");
  Memory memory{.bytes = bytes};
  SF_VIRTUAL_IO io{.get_filelen = length, .seek = seek, .read = read, .write = write, .tell = tell};
  SF_INFO info{};
  const std::unique_ptr<SNDFILE, Closer> file(sf_open_virtual(&io, SFM_READ, &info, &memory));
  if (!file) return not_audio(sf_strerror(nullptr));
  if (info.channels < 1 || info.channels > kMaxChannels || info.samplerate < 8000 ||
      info.samplerate > 192'000) {
    return fail(ErrorCode::kBadInput,
                fmt::format("{} channels at {} Hz; 1 to {} channels at 8 to 192 kHz can be read",
                            info.channels, info.samplerate, kMaxChannels));
  }
  // The header's frame count is not trusted: read until the data or the limit ends.
  const auto limit = static_cast<std::size_t>(duration_to_samples(kMaxUpload, info.samplerate));
  const auto channels = static_cast<std::size_t>(info.channels);
  // As float: libsndfile does not scale float files when it is asked for integers.
  std::vector<float> block(static_cast<std::size_t>(kBlockFrames) * channels);
  audio::Resampler resampler(info.samplerate, kUploadRate);
  std::vector<std::int16_t> mono;
  std::vector<std::int16_t> result;
  std::size_t frames = 0;
  for (;;) {
    const sf_count_t n = sf_readf_float(file.get(), block.data(), kBlockFrames);
    if (n <= 0) break;
    frames += static_cast<std::size_t>(n);
    if (frames > limit) {
      return fail(
          ErrorCode::kBadInput,
          fmt::format("the recording is longer than {} minutes; send it in parts",
                      std::chrono::duration_cast<std::chrono::minutes>(kMaxUpload).count()));
    }
    mono.resize(static_cast<std::size_t>(n));
    for (std::size_t i = 0; i < mono.size(); ++i) {
      float sum = 0;
      for (std::size_t c = 0; c < channels; ++c) sum += block[i * channels + c];
      mono[i] = audio::to_pcm16(sum / static_cast<float>(channels));
    }
    resampler.process(mono, result);
  }
  if (sf_error(file.get()) != SF_ERR_NO_ERROR) return not_audio(sf_strerror(file.get()));
  if (frames == 0) return fail(ErrorCode::kBadInput, "the recording holds no samples");
  resampler.flush(result);
  return result;
}

}  // namespace eva::engine
