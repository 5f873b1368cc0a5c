#pragma once
// Recordings on disk, through libsndfile; files are treated as hostile input.
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "base/error.h"

namespace eva::audio {

struct Sound {
  int rate = 0;
  std::vector<std::int16_t> pcm;  // mono
};

/// Reads WAV, FLAC, Ogg… and mixes its channels down. kNotFound: no such file. kBadInput: not a
/// sound file, over 4 hours, more than 8 channels, a rate outside 8 to 192 kHz, no samples, or
/// damaged.
Result<Sound> read_sound(const std::filesystem::path& file);

/// Writes 16-bit WAV with the given channels (equal rates; the shorter ones are padded with
/// silence). kIo: cannot be written.
Result<> write_wav(const std::filesystem::path& file, int rate,
                   std::span<const std::vector<std::int16_t>> channels);

}  // namespace eva::audio
