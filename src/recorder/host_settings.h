#pragma once
// The options as the host needs them.
#include "base/time.h"
#include "recorder/options.h"
#include "recorder/recorder_host.h"

namespace eva::recorder {

Duration seconds_to_duration(double seconds);
HostSettings host_settings(const RecorderOptions& options);

}  // namespace eva::recorder
