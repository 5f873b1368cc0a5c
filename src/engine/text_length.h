#pragma once
// Whether a transcript can be all that was said.
#include <cstdint>
#include <span>
#include <string_view>

namespace eva::engine {

/// `text` has fewer than 5 characters for each second that sounds (10 ms blocks less than 30 dB
/// below the loudest) of `pcm` (mono 16 kHz), of which there are at least 2. People say 12 to 18.
bool too_short_for(std::string_view text, std::span<const std::int16_t> pcm);

}  // namespace eva::engine
