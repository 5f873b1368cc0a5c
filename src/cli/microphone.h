#pragma once
// This machine's microphone, where the program was built with one.
#include <memory>
#include <optional>

#include "recorder/audio_source.h"

namespace eva::cli {

/// nullopt: the default device. kUnavailable: this build has none; kIo: it cannot be opened.
Result<std::unique_ptr<recorder::AudioSource>> open_microphone(std::optional<int> device);

}  // namespace eva::cli
