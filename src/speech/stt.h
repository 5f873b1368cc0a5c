#pragma once
// Speech to text: one utterance in, its final text out.
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "speech/call.h"

namespace eva::speech {

inline constexpr int kSttRate = 16'000;

struct SttRequest {
  std::vector<std::int16_t> pcm;  // mono, 16 kHz
  std::string language;           // ISO-639-1, "" = the engine decides
  std::string prompt;             // spelling hints, "" = none
};

struct Transcript {
  std::string text;  // trimmed UTF-8; "" = nobody said anything (silence, noise)
};

/// Lives on the session's loop.
class Stt {
 public:
  virtual ~Stt() = default;
  /// `done` runs exactly once, later, on the session's loop, unless the handle dies first.
  /// Errors: kUnreachable, kUnavailable, kTimeout, kOverloaded, kUnauthorized, kProtocol,
  /// kBadInput.
  [[nodiscard]] virtual CallHandle transcribe(
      SttRequest request, std::move_only_function<void(Result<Transcript>)> done) = 0;
};

}  // namespace eva::speech
