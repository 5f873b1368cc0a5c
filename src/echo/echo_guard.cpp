#include "echo/echo_guard.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/check.h"

namespace eva::echo {
namespace {

constexpr std::size_t kHalf = EchoGuard::kWindow / 2;
constexpr std::int64_t kLead = kHalf;  // the filter begins so long before the strongest path
constexpr double kAudible = 2500;      // power of what is played: -56 dBFS
constexpr float kOverNoise = 6;        // 8 dB: what is quieter is not searched
constexpr float kUnlikelyEcho = 0.01F;
constexpr int kBoundBlocks = 16;
constexpr int kQuietBlocks = 3;
constexpr float kQuiet = 0.1F;
constexpr int kPauseBetweenReplies = 8;      // windows
constexpr std::int64_t kRoomRings = 16'000;  // 1 s after the last echo's latest arrival
constexpr int kWindowsPerSearch = 5;         // the block's length
constexpr int kWindowsPerUrgentSearch = 2;

double power(std::span<const std::int16_t> pcm) {
  double sum = 0;
  for (const double sample : pcm) sum += sample * sample;
  return sum / static_cast<double>(pcm.size());
}

}  // namespace

void EchoGuard::Loudness::add(double heard_power, double played_power) {
  if (played_power < kAudible) return;
  heard += heard_power;
  played += played_power;
  ++blocks;
}

float EchoGuard::Loudness::bound() const {
  return static_cast<float>(4 * heard / played);
}

void EchoGuard::Overlap::push(std::span<const std::int16_t> window) {
  std::copy(samples_.end() - kHalf, samples_.end(), samples_.begin());
  std::copy(window.begin(), window.end(), samples_.begin() + kHalf);
}

std::span<const std::int16_t> EchoGuard::Overlap::frame(std::size_t index) const {
  return std::span(samples_).subspan(index * kHalf, kFrame);
}

void EchoGuard::played(std::span<const std::int16_t> pcm24k, Duration at) {
  played_.push(pcm24k, at);
}

void EchoGuard::forget_after(Duration at) {
  played_.forget_after(at);
}

std::optional<Duration> EchoGuard::delay() const {
  if (!delay_.delay()) return std::nullopt;
  return samples_to_duration(*delay_.delay(), PlayedAudio::kRate);
}

bool EchoGuard::echo_possible(std::int64_t begin) const {
  return played_.end() && begin < *played_.end() + DelaySearch::kLatest + kRoomRings;
}

EchoGuard::Heard EchoGuard::hear(std::span<const std::int16_t> window, Duration begin) {
  EVA_CHECK(window.size() == kWindow);
  // Durations are whole microseconds, rounded down.
  const std::int64_t index = duration_to_samples(begin + 1us, PlayedAudio::kRate);
  if (!echo_possible(index)) {
    recent_.clear();
    return {.rest = window, .user_share = 1};
  }
  if (recent_.size() == DelaySearch::kBlock) {
    recent_.erase(recent_.begin(), recent_.begin() + kWindow);
  }
  recent_.insert(recent_.end(), window.begin(), window.end());
  ++windows_since_search_;
  const bool urgent = !delay_.settled() && !(bound_ < kUnlikelyEcho && delay_.nothing_like_her());
  if (recent_.size() == DelaySearch::kBlock &&
      windows_since_search_ >= (urgent ? kWindowsPerUrgentSearch : kWindowsPerSearch)) {
    search(index + static_cast<std::int64_t>(kWindow));
    windows_since_search_ = 0;
  }
  if (!delay_.delay()) return {.rest = window, .user_share = judge_by_level(window, index)};
  const float share = judge(window, index);
  return {.rest = rest_, .user_share = share};
}

void EchoGuard::search(std::int64_t end) {
  std::array<std::int16_t, DelaySearch::kPlayed> played{};
  played_.copy(end - DelaySearch::kBlock - DelaySearch::kLatest, played);
  const auto heard = static_cast<float>(power(recent_));
  quietest_ = std::min(1.02F * quietest_, heard + 1);
  if (!delay_.delay()) learn_bound(heard, played);
  if (heard < kOverNoise * quietest_ || power(played) < kAudible) return;
  if (delay_.on_search(search_.search(recent_, played), bound_ < kUnlikelyEcho,
                       silent_windows_ == 0) != EchoDelay::Change::kFound) {
    return;
  }
  if (!canceller_) canceller_.emplace();
  canceller_->reset();
  residue_.reset();
}

// How loud an echo could be at most, from `heard` where she was to be heard at whatever delay.
void EchoGuard::learn_bound(float heard, std::span<const std::int16_t> played) {
  constexpr std::size_t kThird = DelaySearch::kLatest / 3;
  double steady = power(played.first(kThird));
  steady = std::min(steady, power(played.subspan(kThird, kThird)));
  steady = std::min(steady, power(played.subspan(2 * kThird, kThird)));
  many_.add(heard, steady);
  if (many_.blocks >= kBoundBlocks) bound_ = std::min(bound_, std::exchange(many_, {}).bound());
  // Sooner, where not even a pause of hers explains that next to nothing was heard.
  double least = steady;
  for (std::size_t at = 0; at <= DelaySearch::kLatest; at += kWindow) {
    least = std::min(least, power(played.subspan(at, DelaySearch::kBlock)));
  }
  few_.add(heard, least);
  if (few_.blocks >= kQuietBlocks) {
    const float bound = std::exchange(few_, {}).bound();
    if (bound < kQuiet) bound_ = std::min(bound_, bound);
  }
}

float EchoGuard::judge_by_level(std::span<const std::int16_t> window, std::int64_t begin) const {
  if (delay_.nothing_like_her()) return 1;
  std::array<std::int16_t, DelaySearch::kLatest - DelaySearch::kEarliest + kWindow> possible{};
  played_.copy(begin - DelaySearch::kLatest, possible);
  double loudest = 0;
  for (std::size_t at = 0; at + kWindow <= possible.size(); at += kWindow) {
    loudest = std::max(loudest, power(std::span(possible).subspan(at, kWindow)));
  }
  return static_cast<float>(std::max(0.0, 1 - 2 * bound_ * loudest / (power(window) + 1)));
}

float EchoGuard::judge(std::span<const std::int16_t> window, std::int64_t begin) {
  // What is played, kLead before its echo in the window: a window before, the one for the
  // canceller, and one after it.
  std::array<std::int16_t, 3 * kWindow> aligned{};
  played_.copy(begin - *delay_.delay() + kLead - static_cast<std::int64_t>(kWindow), aligned);
  const auto played = std::span(aligned).subspan<kWindow, kWindow>();
  if (power(played) < kAudible) {
    ++silent_windows_;
  } else {
    if (silent_windows_ > kPauseBetweenReplies) {
      residue_.unsettle();
      delay_.unsettle();
      search_.reset();
    }
    silent_windows_ = 0;
  }

  canceller_->cancel(window, played, rest_);
  std::array<std::int16_t, kWindow> taken{};
  for (std::size_t i = 0; i < kWindow; ++i) {
    taken[i] = static_cast<std::int16_t>(std::clamp(window[i] - rest_[i], INT16_MIN, INT16_MAX));
  }
  // A filter that makes it louder is not listened to.
  if (power(rest_) > power(window)) std::ranges::copy(window, rest_.begin());
  heard_.push(window);
  left_.push(rest_);
  taken_.push(taken);

  // Until the delay is confirmed, the echo may be 32 ms early.
  const std::size_t ahead = delay_.settled() ? 1 : 2;
  const float slack = delay_.settled() ? 1 : 2;
  float share = 0;
  for (std::size_t frame = 0; frame < 2; ++frame) {
    Residue::Frame powers{};
    std::tie(powers.left, powers.taken) = band_powers(left_.frame(frame), taken_.frame(frame));
    std::tie(powers.heard, sounds_[frame + 2]) = band_powers(
        heard_.frame(frame), std::span(aligned).subspan(kWindow + frame * kHalf, kFrame));
    powers.played = sounds_[frame];
    for (std::size_t next = frame + 1; next <= frame + ahead; ++next) {
      for (std::size_t band = 0; band < kBands; ++band) {
        powers.played[band] = std::max(powers.played[band], slack * sounds_[next][band]);
      }
    }
    share += residue_.unexplained(powers) / 2;
  }
  sounds_[0] = sounds_[2];
  sounds_[1] = sounds_[3];
  return share;
}

}  // namespace eva::echo
