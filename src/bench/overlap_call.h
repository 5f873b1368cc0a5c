#pragma once
// One call in virtual time in which the caller makes a sound while Eva speaks.
#include <optional>
#include <string>

#include "base/time.h"
#include "bench/echo_room.h"
#include "bench/overlap_clips.h"
#include "session/session.h"
#include "session/session_host.h"
#include "sim/world.h"

namespace eva::bench {

/// Times count from the onset of the caller's sound. Taken from the audio that a listener hears who
/// plays what arrives at once and throws away what waits when speech is announced, as clients do;
/// no network between.
struct OverlapResult {
  bool stopped = false;
  std::optional<Duration> announced;  // the client was told that the user speaks
  std::optional<Duration> silent;     // first 10 ms of a silence (-55 dBFS) of at least 300 ms
  Duration pause{};                   // longest silence that begins within 2 s of the onset
  std::vector<session::OverlapRecord> overlaps;
  std::string kept;                 // her words in the conversation
  std::vector<std::int16_t> heard;  // Eva as heard until she fell silent, 24 kHz
};

/// She says `speech`; the sound of `clip` begins `at` after her first audible sample. `room`:
/// brings her voice back to the microphone; null = headphones. `parts` must not answer turns.
OverlapResult overlap_call(sim::World& world, session::SessionParts parts, session::Engines engines,
                           const std::string& speech, const OverlapClip& clip, Duration at,
                           EchoRoom* room = nullptr);

}  // namespace eva::bench
