#pragma once
// Where speech may be taken up again after it was stopped in mid-word.
#include <cstdint>
#include <deque>

namespace eva::session {

/// `speech`: 24 kHz, ending where it was stopped. Samples to go back from its end to the newest gap
/// between words, or 0 if the last 0.7 s have none. A gap is 20 ms more than 20 dB below the
/// loudest 10 ms of the audio given.
std::int64_t back_to_quiet_place(const std::deque<std::int16_t>& speech, std::int64_t end);

}  // namespace eva::session
