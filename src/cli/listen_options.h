#pragma once
// The flags of `eva listen`.
#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "base/error.h"
#include "recorder/options.h"

namespace eva::cli {

struct ListenOptions {
  std::string input;  // a file, or "-" for standard input; "" with `microphone`
  bool microphone = false;
  int rate = 16'000;  // of raw samples on standard input
  bool json = false;
  bool realtime = false;
  std::optional<bool> partials;  // unset: where they are seen and the audio is live
  std::string srt;               // "" = none
  std::string vtt;
  recorder::RecorderOptions recorder;

  void add_to(CLI::App& command);
};

/// kBadConfig: flags that contradict each other, outputs that are the input or one file. kIo: an
/// output cannot be written. Changes no file.
Result<> check_listen_options(const ListenOptions& options);

}  // namespace eva::cli
