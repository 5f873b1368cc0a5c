#pragma once
// This machine's microphone for `eva listen`.
#include <memory>
#include <optional>

#include "recorder/audio_source.h"

namespace eva::cli {

/// `device`: its number in `eva talk --list-devices`, nullopt = the default. Records from now on.
/// kNotFound: there is no such microphone; kIo: it cannot be opened.
Result<std::unique_ptr<recorder::AudioSource>> open_microphone(std::optional<int> device);

}  // namespace eva::cli
