#pragma once
// The head of a WAV stream of 16-bit mono PCM.
#include <string>

namespace eva::engine {

/// 44 bytes for a stream whose length is not known yet: both sizes are 0xFFFFFFFF, which players
/// read as "until the end".
std::string wav_stream_head(int rate);

}  // namespace eva::engine
