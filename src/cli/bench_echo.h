#pragma once
// Eva beside her own echo: does she interrupt herself, and how much later is the user heard?
#include <filesystem>

#include "base/error.h"
#include "config/config.h"

namespace eva::cli {

/// Whole calls in virtual time through the rooms in `audio`/rir at -6, -13 and -20 dB with 40, 120
/// and 300 ms of delay, with and without white noise: twelve minutes of her speech while nobody
/// speaks, then every clip over her with and without the echo. Prints a table. Takes some minutes.
Result<> bench_echo(const config::Config& config, const std::filesystem::path& audio, bool verbose);

}  // namespace eva::cli
