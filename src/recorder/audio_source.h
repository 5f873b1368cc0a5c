#pragma once
// Where a recorder's audio comes from, other than feed_audio(): a file, a pipe, a microphone.
#include <cstdint>
#include <functional>
#include <span>

#include "base/error.h"

namespace eva::recorder {

/// What a source calls, from a thread of its own, one call at a time.
struct AudioSink {
  /// Mono samples at the source's rate, in order, any length. Of a source that can wait it returns
  /// when the audio was taken.
  std::function<void(std::span<const std::int16_t>)> on_audio;
  /// Once, last: the source is over, or why it broke.
  std::function<void(Result<>)> on_end;
};

/// Destroying it ends the source; no call of the sink runs or follows afterwards.
class AudioSource {
 public:
  virtual ~AudioSource() = default;
  /// Hz, 8,000 to 192,000.
  virtual int rate() const = 0;
  /// A file can wait, a microphone cannot.
  virtual bool can_wait() const = 0;
  /// Called once. After an error the sink is never called.
  virtual Result<> start(AudioSink sink) = 0;
};

}  // namespace eva::recorder
