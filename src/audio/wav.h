#pragma once
// The head of a WAV file or stream of 16-bit mono PCM; files on disk: sound_file.h.
#include <cstddef>
#include <optional>
#include <string>

namespace eva::audio {

/// 44 bytes. Without a count of samples, the head of a stream whose length is not known yet: both
/// sizes are 0xFFFFFFFF, which players read as "until the end". `samples` is at most 2^31 - 19.
std::string wav_head(int rate, std::optional<std::size_t> samples = std::nullopt);

}  // namespace eva::audio
