#pragma once
// One real inference of a freshly loaded engine: pays the first call's costs, and finds a pack that
// loads but does not work.
#include "base/cancel.h"
#include "base/error.h"
#include "engine/voice.h"
#include "engine/whisper.h"

namespace eva::engine {

/// Blocks. Errors: those of transcribe().
Result<> warm_up(const Whisper& whisper, CancelToken& cancel);
/// Blocks. Errors: those of speak(); kInternal: no sound came out.
Result<> warm_up(const Voice& voice, CancelToken& cancel);

}  // namespace eva::engine
