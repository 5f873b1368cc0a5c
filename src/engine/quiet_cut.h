#pragma once
// Cuts long recordings where nobody speaks.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace eva::engine {

/// Mono 16 kHz. Parts of at most `longest` samples that make up `pcm`; each but the last ends at
/// the middle of the quietest 200 ms of the last third that it could have. `longest` >= 9600 (600
/// ms).
std::vector<std::span<const std::int16_t>> cut_at_quiet(std::span<const std::int16_t> pcm,
                                                        std::size_t longest);

}  // namespace eva::engine
