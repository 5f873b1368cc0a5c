#pragma once
// What callers do while Eva speaks: interrupt her, encourage her, cough.
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "engine/voice.h"

namespace eva::bench {

enum class OverlapKind { kInterruption, kBackchannel, kNoise };

struct OverlapClip {
  std::string name;
  OverlapKind kind;
  std::vector<std::int16_t> pcm;  // kRate, mono
  Duration onset{};               // where in pcm the first word or the noise begins, at most 500 ms
};

/// Of the folder ../shared/audio: 3 s from the onset of every read clip and command (interruptions)
/// and of every noise clip; backchannels are spoken by each of `voices`, because no recordings of
/// them are there. kNotFound: no such folder, or no clips.
Result<std::vector<OverlapClip>> overlap_clips(const std::filesystem::path& folder,
                                               std::span<const engine::Voice* const> voices);

}  // namespace eva::bench
