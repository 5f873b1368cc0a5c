#pragma once
// Turns with hesitations, made of recordings, whose true end is known.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace eva::bench {

inline constexpr int kRate = 16'000;

/// One turn of a user: mono, kRate, with kTail of room tone behind it.
struct Stimulus {
  std::string name;
  std::string set;  // "read", "command" or "spelled"
  bool held_out;    // settings are chosen on the others, reported on these
  Duration hold{};  // the silence put in, 0 = none
  Duration speech_end{};
  std::vector<std::int16_t> pcm;
};

inline constexpr Duration kTail = 4s;

/// Where speech begins and ends, by the clip's own levels in 10 ms frames: from the first to the
/// last frame above both the loudest - 30 dB and the clip's floor + 15 dB. Never by a VAD.
struct Extent {
  Duration begin{};
  Duration end{};
};
std::optional<Extent> speech_extent(std::span<const std::int16_t> pcm);

/// The clip with `hold` of its own room tone put in at `at`, and kTail of it behind the speech.
Stimulus hesitate(std::span<const std::int16_t> clip, Duration at, Duration hold);

/// The quietest place within 80 ms of `at`, where an aligner saw two words meet.
Duration quietest_near(std::span<const std::int16_t> clip, Duration at);

/// Of the folder ../shared/audio (its MANIFEST.tsv describes it): every read clip and command as it
/// is and with three hesitations of 200 to 3000 ms, log-uniform, between words of a sentence
/// (word_times.tsv); letters and digits joined to spelled codes with one hesitation each. The same
/// folder gives the same stimuli. Left out: clips that end in mid-sentence, and those where
/// something is loud for over 400 ms after the last word, so that levels do not tell the end.
/// kNotFound: no such folder, or no clips.
Result<std::vector<Stimulus>> make_stimuli(const std::filesystem::path& folder);

}  // namespace eva::bench
