#pragma once
// Recordings on disk, through libsndfile; files are treated as hostile input.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "base/error.h"

namespace eva::audio {

struct Sound {
  int rate = 0;
  std::vector<std::int16_t> pcm;  // mono
};

/// A recording that is read piece by piece: WAV, FLAC, Ogg…, its channels mixed down.
/// Single-threaded.
class SoundReader {
 public:
  /// kNotFound: no such file. kBadInput: not a sound file, over 4 hours, more than 8 channels, or a
  /// rate outside 8 to 192 kHz.
  static Result<SoundReader> open(const std::filesystem::path& file);
  ~SoundReader();
  SoundReader(SoundReader&&) noexcept;

  int rate() const;
  /// As the file's head has it, which may be wrong.
  std::int64_t samples() const;
  /// Appends up to `most` samples; none: the end (after 4 hours too). kBadInput: damaged, or
  /// without any sample. Nothing may be read after an error.
  Result<> read(std::vector<std::int16_t>& out, std::size_t most);

 private:
  struct State;
  explicit SoundReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
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
