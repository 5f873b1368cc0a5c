#pragma once
// Standard input as an AudioSource.
#include <memory>

#include "recorder/audio_source.h"

namespace eva::cli {

/// Reads `fd`, which stays open, until its end: raw samples or a WAV stream (sound_stream.h), given
/// on at 16 kHz. The pipe waits while the listener is busy.
std::unique_ptr<recorder::AudioSource> pipe_source(int fd, int raw_rate);

}  // namespace eva::cli
