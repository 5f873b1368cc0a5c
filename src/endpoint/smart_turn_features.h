#pragma once
// What smart-turn v3 is fed with. Source: pipecat-ai 1.14.0 (BSD-2-Clause),
// audio/turn/smart_turn/local_smart_turn_v3.py and _whisper_features.py.
#include <cstdint>
#include <span>
#include <vector>

#include "audio/mel.h"

namespace eva::endpoint {

inline constexpr std::int64_t kHeard = 8 * 16'000;  // samples at 16 kHz
inline constexpr std::int64_t kBands = 80;
inline constexpr std::int64_t kFrames = kHeard / audio::kMelHop;

/// The newest kHeard samples, full scale 1, with zeros in front where there are fewer.
std::vector<float> newest_samples(std::span<const std::int16_t> pcm);

/// kBands rows of kFrames: Whisper's log-mel of the newest samples at zero mean and unit variance,
/// the zeros in front counted. `log_mel` has kBands bands. About 3 ms.
std::vector<float> smart_turn_features(std::span<const std::int16_t> pcm,
                                       const audio::LogMel& log_mel);

}  // namespace eva::endpoint
