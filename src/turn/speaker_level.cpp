#include "turn/speaker_level.h"

namespace eva::turn {
namespace {
constexpr double kFar = 1 / 16.0;         // -12 dB
constexpr std::size_t kKnown = 16;        // windows of 32 ms
constexpr std::size_t kRemembered = 512;  // 16 s of speech: who moves away is not far for ever
}  // namespace

void SpeakerLevel::learn(const SpeechPower& turn) {
  known_.sum += turn.sum;
  known_.windows += turn.windows;
  if (known_.windows > kRemembered) {
    known_.sum *= static_cast<double>(kRemembered) / static_cast<double>(known_.windows);
    known_.windows = kRemembered;
  }
}

bool SpeakerLevel::far(double power) const {
  return known_.windows >= kKnown &&
         power < kFar * known_.sum / static_cast<double>(known_.windows);
}

}  // namespace eva::turn
