#pragma once
// An uploaded recording as the recogniser wants it.
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace eva::engine {

inline constexpr Duration kMaxUpload = 10min;
inline constexpr int kUploadRate = 16'000;

/// Decodes WAV, FLAC, Ogg Opus or MP3 bytes, mixes the channels down and converts to
/// kUploadRate. Bytes are treated as hostile. Takes time: not for a loop's thread.
/// kBadInput: none of these, damaged, no samples, more than 8 channels, a rate outside 8 to
/// 192 kHz, or longer than kMaxUpload (whatever its headers claim).
Result<std::vector<std::int16_t>> decode_upload(std::string_view bytes);

}  // namespace eva::engine
