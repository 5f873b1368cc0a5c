#include "echo/echo_guard.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "base/check.h"

namespace eva::echo {
namespace {

constexpr std::int64_t kLead = 256;  // the filter begins so much before the strongest path
constexpr std::int64_t kSlack = 128;
constexpr float kFound = 9.0F;
constexpr float kAgreed = 6.0F;
const float kUnlike = 5.2F;
constexpr int kBlockWindows = DelaySearch::kBlock / 512;

double power(std::span<const std::int16_t> pcm) {
  double sum = 0;
  for (const double sample : pcm) sum += sample * sample;
  return sum / static_cast<double>(pcm.size());
}

}  // namespace

void EchoGuard::played(std::span<const std::int16_t> pcm24k, Duration at) {
  played_.push(pcm24k, at);
}

void EchoGuard::forget_after(Duration at) {
  played_.forget_after(at);
}

bool EchoGuard::echo_possible(std::int64_t begin) const {
  return played_.end() && *played_.end() + DelaySearch::kLatest + 16'000 > begin;
}


void EchoGuard::look_for_delay(std::int64_t end) {
  std::array<std::int16_t, DelaySearch::kPlayed> played;
  const std::int64_t begin = end - DelaySearch::kBlock;
  played_.copy(begin - DelaySearch::kLatest, played);
  const auto heard = static_cast<float>(power(recent_));
  const auto out = static_cast<float>(power(played));
  quietest_ = std::min(1.02F * quietest_, heard + 1);
  user_alone_ = false;
  if (out < 2500) return;
  // Without an echo so far: how loud could one that was missed be?
  heard_power_ += heard;
  played_power_ += out;
  if (++blocks_ == 10) {
    if (!delay_) bound_ = std::min(bound_, static_cast<float>(4 * heard_power_ / played_power_));
    heard_power_ = played_power_ = 0;
    blocks_ = 0;
  }
  if (heard < 6 * quietest_) return;
  const auto found = search_.search(recent_, played);
  strength = found.strength;
  if (std::getenv("TRACE")) {
    std::printf("search at %.2f: delay %.1f strength %.1f levels %.0f %.0f\n", end / 16000.,
                found.delay / 16., found.strength, 10 * std::log10(heard), 10 * std::log10(out));
  }
  const bool agrees = candidate_ && std::abs(found.delay - *candidate_) <= 48;
  candidate_ = found.delay;
  unlike_ = found.strength < kUnlike ? unlike_ + 1 : 0;
  user_alone_ = unlike_ >= 2;
  if (found.strength < kAgreed || (found.strength < kFound && !agrees)) return;
  const std::int64_t shift = found.delay - search_said_;
  if (delay_ && !settled_ && std::abs(shift) <= 1600) {
    // A reply came a little earlier or later than the last one: the room is the same.
    if (std::abs(shift) > 10) *delay_ += shift;
    search_said_ = found.delay;
    settled_ = true;
    return;
  }
  if (delay_ && std::abs(found.delay - *delay_) <= kSlack) return;
  if (delay_ && !agrees) return;
  delay_ = found.delay;
  search_said_ = found.delay;
  if (!canceller_) canceller_.emplace();
  canceller_->reset();
  residue_.reset();
}

EchoGuard::Heard EchoGuard::hear(std::span<const std::int16_t> window16k, Duration begin) {
  EVA_CHECK(window16k.size() == kWindow);
  const std::int64_t index = duration_to_samples(begin + 1us, PlayedAudio::kRate);
  if (!echo_possible(index)) {
    recent_.clear();
    return {.rest = window16k, .user_share = 1};
  }
  if (recent_.size() == DelaySearch::kBlock) recent_.erase(recent_.begin(), recent_.begin() + kWindow);
  recent_.insert(recent_.end(), window16k.begin(), window16k.end());
  ++since_search_;
  if (recent_.size() == DelaySearch::kBlock && since_search_ >= (delay_ && settled_ ? 5 : 2)) {
    look_for_delay(index + static_cast<std::int64_t>(kWindow));
    since_search_ = 0;
  }
  if (!delay_) {
    std::array<std::int16_t, DelaySearch::kPlayed - DelaySearch::kBlock + kWindow> possible;
    played_.copy(index - DelaySearch::kLatest, possible);
    double loudest = 0;
    for (std::size_t at = 0; at + kWindow <= possible.size(); at += kWindow) {
      loudest = std::max(loudest, power(std::span(possible).subspan(at, kWindow)));
    }
    const double mine = power(window16k) + 1;
    return {.rest = window16k,
            .user_share = user_alone_ ? 1 : static_cast<float>(std::max(0.0, 1 - 2 * bound_ * loudest / mine))};
  }
  return {.rest = rest_, .user_share = judge(window16k, index)};
}

float EchoGuard::judge(std::span<const std::int16_t> window16k, std::int64_t index) {
  // Frames of the residue: played, with its strongest echo kLead later.
  played_.copy(index - *delay_ + kLead - static_cast<std::int64_t>(kWindow), aligned_);
  const auto fresh = std::span(aligned_).subspan<kWindow, kWindow>();
  if (power(fresh) < 2500) {
    quiet_windows_++;
  } else {
    if (quiet_windows_ > 8) { residue_.unsettle(); settled_ = false; search_.reset(); candidate_.reset(); }
    quiet_windows_ = 0;
  }
  canceller_->cancel(window16k, fresh, rest_);
  if (power(rest_) > power(window16k)) std::copy(window16k.begin(), window16k.end(), rest_.begin());
  const auto shift_in = [](auto& kept, std::span<const std::int16_t> window) {
    std::copy(kept.end() - 256, kept.end(), kept.begin());
    std::copy(window.begin(), window.end(), kept.begin() + 256);
  };
  shift_in(heard_, window16k);
  shift_in(left_, rest_);
  std::array<std::int16_t, kWindow> taken;
  for (std::size_t i = 0; i < kWindow; ++i) {
    taken[i] = static_cast<std::int16_t>(
        std::clamp(window16k[i] - rest_[i], INT16_MIN, INT16_MAX));
  }
  shift_in(taken_, taken);
  float share = 0;
  for (std::size_t frame = 0; frame < 2; ++frame) {
    const std::size_t at = frame * 256;
    const auto [left, taken_power] = band_powers(std::span(left_).subspan(at, kFrame),
                                                 std::span(taken_).subspan(at, kFrame));
    const auto [heard, later] = band_powers(std::span(heard_).subspan(at, kFrame),
                                            std::span(aligned_).subspan(at + 512, kFrame));
    sounds_[frame + 2] = later;
    BandPower sound = sounds_[frame];
    static const int ahead = std::getenv("AHEAD") ? std::atoi(std::getenv("AHEAD")) : 0;
    for (std::size_t i = 1; i <= static_cast<std::size_t>(settled_ ? ahead : 2); ++i) {
      for (std::size_t band = 0; band < kBands; ++band) {
        sound[band] = std::max(sound[band], (settled_ ? 1 : 2) * sounds_[frame + i][band]);
      }
    }
    share += residue_.unexplained({heard, left, taken_power, sound}) / 2;
  }
  sounds_[0] = sounds_[2];
  sounds_[1] = sounds_[3];
  return share;
}

}  // namespace eva::echo
