#pragma once
// Text to speech: one sentence or clause in, streamed audio out.
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "base/error.h"
#include "speech/call.h"

namespace eva::speech {

/// Every voice is delivered at this rate (OpenAI's `pcm` format: 24 kHz, 16 bit, mono).
inline constexpr int kTtsRate = 24'000;

struct TtsRequest {
  std::string text;    // UTF-8, at most 200 characters for the embedded voice
  std::string voice;   // "" = the provider's configured voice
  double speed = 1.0;  // 0.25 to 4
};

struct TtsCallbacks {
  std::move_only_function<void(std::span<const std::int16_t>)> on_audio;  // any chunking, in order
  std::move_only_function<void(Result<>)> on_done;                        // exactly once, last
};

/// Lives on the session's loop.
class Tts {
 public:
  virtual ~Tts() = default;
  /// Callbacks run later, on the session's loop, unless the handle dies first. Text without
  /// anything speakable ends with on_done and no audio.
  [[nodiscard]] virtual CallHandle speak(TtsRequest request, TtsCallbacks callbacks) = 0;
};

}  // namespace eva::speech
