#include "echo/echo_delay.h"

#include <cstdlib>

namespace eva::echo {
namespace {

// In DelaySearch::Found::strength: chance gives 3 to 6, echo in a room 5 to 30 (bench/echo).
constexpr float kChance = 5;
constexpr float kBlank = 5.2F;
constexpr float kEnough = 5;
constexpr float kEnoughIfUnlikely = 15;
constexpr float kEnoughNearby = 3;

// Samples at 16 kHz.
constexpr std::int64_t kSame = 48;     // 3 ms
constexpr std::int64_t kExact = 10;    // the search's resolution
constexpr std::int64_t kWithin = 128;  // 8 ms: the canceller's filter can follow
constexpr std::int64_t kNearby = 640;  // 40 ms: between two replies

}  // namespace

void EchoDelay::unsettle() {
  settled_ = false;
  candidate_.reset();
}

EchoDelay::Change EchoDelay::on_search(const DelaySearch::Found& found, bool doubtful) {
  if (!candidate_ || std::abs(found.delay - *candidate_) > kSame) evidence_ = 0;
  candidate_ = found.delay;
  evidence_ += found.strength - kChance;
  blank_searches_ = found.strength < kBlank ? blank_searches_ + 1 : 0;

  if (delay_ && !settled_ && std::abs(found.delay - anchor_) <= kNearby) {
    if (evidence_ < kEnoughNearby) return Change::kNone;
    if (std::abs(found.delay - anchor_) > kExact) *delay_ += found.delay - anchor_;
    anchor_ = found.delay;
    settled_ = true;
    return Change::kConfirmed;
  }
  if (evidence_ < (delay_ || doubtful ? kEnoughIfUnlikely : kEnough)) return Change::kNone;
  if (delay_ && std::abs(found.delay - *delay_) <= kWithin) return Change::kNone;
  delay_ = anchor_ = found.delay;
  settled_ = true;
  return Change::kFound;
}

}  // namespace eva::echo
