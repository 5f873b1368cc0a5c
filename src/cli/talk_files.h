#pragma once
// The files of `eva talk`, looked at before the work and not after it.
#include <string>

#include "base/error.h"

namespace eva::cli {

struct TalkOptions {
  std::string input;
  std::string out;
  std::string json;    // "" = no ledger; "-" = stdout
  std::string record;  // folder that will hold the recording, "" = none
  bool realtime = false;
};

/// kBadConfig: an output is the input, or both are one file. kIo: an output cannot be written.
/// Leaves no file behind and changes none.
Result<> check_outputs(const TalkOptions& options);

}  // namespace eva::cli
