#pragma once
// What `eva talk` is told, looked at before the work and not after it.
#include <string>

#include "base/error.h"

namespace eva::cli {

struct TalkOptions {
  std::string input;  // "" = the microphone
  std::string out;
  std::string json;    // "" = no ledger; "-" = stdout
  std::string record;  // folder that will hold the recording, "" = none
  bool realtime = false;
  // Without a recording: a number or a part of the name, "" = the default.
  std::string microphone;
  std::string loudspeaker;
  bool list_devices = false;
};

/// kBadConfig: options that do not go together; says which.
Result<> check_talk_options(const TalkOptions& options);

/// Of a recording. kBadConfig: an output is the input, or both are one file. kIo: an output cannot
/// be written. Leaves no file behind and changes none.
Result<> check_outputs(const TalkOptions& options);

}  // namespace eva::cli
