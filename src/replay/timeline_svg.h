#pragma once
// A call as a picture: who spoke, what was decided, what was heard.
#include <string>
#include <vector>

#include "replay/played_vad.h"
#include "replay/recording.h"
#include "replay/run_log.h"

namespace eva::replay {

struct Drawn {
  std::string title;  // "as recorded", "turn.silence_ms = 300"
  const RunLog* run;
};

/// A self-contained SVG, 20 s a line; under each stretch of the user's sound the runs, one below
/// the other. One run at least.
/// `windows`: of the exact replay.
std::string timeline_svg(const Recording& recording, const Windows& windows,
                         const std::vector<Drawn>& runs);

}  // namespace eva::replay
