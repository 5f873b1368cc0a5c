#pragma once
// False cut-offs and dead air of every EndOfTurn.
#include <filesystem>

#include "base/error.h"
#include "config/config.h"

namespace eva::cli {

struct EndOfTurnBench {
  std::filesystem::path audio;  // recordings in the layout of ../shared/audio
  std::filesystem::path heard;  // keeps what the engines heard, "" = nothing does
  std::filesystem::path plot;   // SVG to write, "" = none
};

/// Prints a table for the turns that the factors were chosen on, and one for those held out.
/// Hearing takes about 0.2 s per second of audio, once per `heard` file; the rest 10 s.
Result<> bench_end_of_turn(const config::Config& config, const EndOfTurnBench& options);

}  // namespace eva::cli
