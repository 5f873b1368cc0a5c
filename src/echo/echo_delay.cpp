#include "echo/echo_delay.h"

#include <cstdlib>

namespace eva::echo {
namespace {

// In DelaySearch::Found::strength: chance gives 3 to 6, echo in a room 5 to 30 (bench/echo).
constexpr float kChance = 5;
constexpr float kEnough = 5;
constexpr float kEnoughIfUnlikely = 15;
constexpr float kEnoughNearby = 5;

constexpr int kStrangers = 16;  // 2.5 s

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

EchoDelay::Change EchoDelay::on_search(const DelaySearch::Found& found, bool doubtful,
                                       bool sounding) {
  if (!candidate_ || std::abs(found.delay - *candidate_) > kSame) evidence_ = 0;
  candidate_ = found.delay;
  evidence_ += found.strength - kChance;
  likeness_ += 0.3F * (found.strength - likeness_);

  if (delay_) {
    if (std::abs(found.delay - anchor_) <= kNearby) {
      strangers_ = 0;
    } else if (sounding && ++strangers_ >= kStrangers) {
      *this = {};
      return Change::kLost;
    }
  }

  if (delay_ && !settled_ && std::abs(found.delay - anchor_) <= kNearby) {
    if (evidence_ < kEnoughNearby) return Change::kNone;
    if (std::abs(found.delay - anchor_) > kExact) *delay_ += found.delay - anchor_;
    anchor_ = found.delay;
    settled_ = true;
    return Change::kConfirmed;
  }
  if (evidence_ < (delay_ || doubtful ? kEnoughIfUnlikely : kEnough)) return Change::kNone;
  if (delay_ && std::abs(found.delay - *delay_) <= kWithin) return Change::kNone;
  strangers_ = 0;
  delay_ = anchor_ = found.delay;
  settled_ = true;
  return Change::kFound;
}

}  // namespace eva::echo
