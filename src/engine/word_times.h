#pragma once
// When each word was spoken, from how the decoder looked at the audio while it wrote.
#include <cstddef>
#include <span>
#include <vector>

namespace eva::engine {

/// `attention`: `rows` x `frames`, row i of the step that chose token i. Returns for each row the
/// first frame of its part of the audio; never falling. The best monotonic path (dynamic time
/// warping) through the attention, which is standardised per frame and smoothed over 7 frames, as
/// in Whisper's own word time stamps. Empty if `rows` or `frames` is 0.
std::vector<std::size_t> align_rows(std::span<const float> attention, std::size_t rows,
                                    std::size_t frames);

}  // namespace eva::engine
