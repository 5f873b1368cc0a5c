#pragma once
// What happens when people speak, encourage or cough over Eva.
#include <filesystem>

#include "base/error.h"
#include "config/config.h"

namespace eva::cli {

/// Prints stop latency, selectivity, pauses and kept words over the clips in `audio` (the layout of
/// ../shared/audio), with the embedded engines, each call in virtual time. `verbose`: a line per
/// call. About 0.5 s per call.
Result<> bench_overlaps(const config::Config& config, const std::filesystem::path& audio,
                        bool verbose);

}  // namespace eva::cli
