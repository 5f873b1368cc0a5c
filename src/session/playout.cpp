#include "session/playout.h"

#include <algorithm>
#include <cmath>

#include "session/quiet_place.h"

namespace eva::session {
namespace {
constexpr double kDuckedGain = 0.126;                         // -18 dB
constexpr double kGainStep = 1.0 / (0.020 * Playout::kRate);  // per sample, down
constexpr double kFadeStep = 1.0 / (0.005 * Playout::kRate);
constexpr std::int64_t kFade = Playout::kRate / 200;  // 5 ms
constexpr std::int64_t kKept = Playout::kRate;        // 1 s
}  // namespace

void Playout::start() {
  audio_.clear();
  first_ = position_ = 0;
  finished_ = false;
  level_ = Level::kFull;
  gain_ = 1;
  sent_ = anchor_heard_ = 0;
  delivery_ = {};
}

void Playout::push(std::span<const std::int16_t> pcm) {
  audio_.insert(audio_.end(), pcm.begin(), pcm.end());
}

void Playout::flush() {
  audio_.resize(static_cast<std::size_t>(position_ - first_));
  finished_ = true;
}

void Playout::set_level(Level level) {
  if (level == level_) return;
  if (level_ == Level::kHeld && gain_ == 0) {
    position_ -= back_to_quiet_place(audio_, position_ - first_);
    delivery_.jump(sent_, position_);
  }
  level_ = level;
}

// Of the next frame; 0 = nothing to send.
std::int64_t Playout::next_length() const {
  const std::int64_t waits = waiting();
  if (level_ == Level::kHeld) {
    const bool fades = sent_ > 0 && gain_ > 0;  // else it stops, or does not start
    return fades ? std::min(waits, kFade) : 0;
  }
  return waits < kFrame && !finished_ ? 0 : std::min<std::int64_t>(waits, kFrame);
}

std::span<const std::int16_t> Playout::next_frame(Time now) {
  const auto due = next_frame_at();
  if (!due || now < *due) return {};
  if (heard(now) == sent_) {  // first frame, or the listener ran dry: playing (re)starts now
    anchor_ = now;
    anchor_heard_ = sent_;
  }
  const std::int64_t length = next_length();
  const bool held = level_ == Level::kHeld;
  const double target = held ? 0 : level_ == Level::kDucked ? kDuckedGain : 1;
  const double step = held || gain_ < target ? kFadeStep : kGainStep;
  const auto from = audio_.begin() + static_cast<std::ptrdiff_t>(position_ - first_);
  frame_.assign(from, from + static_cast<std::ptrdiff_t>(length));
  if (gain_ != 1 || target != 1) {
    for (std::int16_t& sample : frame_) {
      gain_ = gain_ < target ? std::min(target, gain_ + step) : std::max(target, gain_ - step);
      sample = static_cast<std::int16_t>(std::lround(sample * gain_));
    }
  }
  if (held) gain_ = 0;  // also if less than a whole fade was left
  position_ += length;
  sent_ += length;
  const std::int64_t old = position_ - first_ - kKept;
  if (old > 0) {
    audio_.erase(audio_.begin(), audio_.begin() + static_cast<std::ptrdiff_t>(old));
    first_ += old;
  }
  return frame_;
}

std::optional<Time> Playout::next_frame_at() const {
  const std::int64_t length = next_length();
  if (length == 0) return std::nullopt;
  // Due once the listener's buffer has room: sent_ + length - heard <= lead_.
  const std::int64_t heard_needed = sent_ + length - lead_ - anchor_heard_;
  if (sent_ == 0 || heard_needed <= 0 || level_ == Level::kHeld) return anchor_;  // at once
  // Rounded up, so that at this very time the frame is due.
  return anchor_ + samples_to_duration(heard_needed, kRate) + Duration{1};
}

std::int64_t Playout::heard(Time now) const {
  if (sent_ == 0) return 0;
  const std::int64_t played = now <= anchor_ ? 0 : duration_to_samples(now - anchor_, kRate);
  return std::min(sent_, anchor_heard_ + played);
}

std::optional<Time> Playout::heard_all_at() const {
  if (sent_ == 0) return std::nullopt;
  return anchor_ + samples_to_duration(sent_ - anchor_heard_, kRate) + Duration{1};
}

}  // namespace eva::session
