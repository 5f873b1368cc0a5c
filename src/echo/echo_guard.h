#pragma once
// Tells the user's voice from hers that comes back through the microphone.
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/time.h"
#include "echo/canceller.h"
#include "echo/delay_search.h"
#include "echo/played_audio.h"
#include "echo/residue.h"

namespace eva::echo {

class EchoGuard {
 public:
  static constexpr std::size_t kWindow = 512;

  struct Heard {
    std::span<const std::int16_t> rest;
    float user_share = 1;
  };

  void played(std::span<const std::int16_t> pcm24k, Duration at);
  void forget_after(Duration at);
  Heard hear(std::span<const std::int16_t> window16k, Duration begin);

  std::optional<Duration> delay() const {
    if (!delay_) return std::nullopt;
    return samples_to_duration(*delay_, PlayedAudio::kRate);
  }
  float strength = 0;

 private:
  bool echo_possible(std::int64_t begin) const;
  void look_for_delay(std::int64_t end);
  float judge(std::span<const std::int16_t> window, std::int64_t begin);
  bool settled_ = true;
  std::int64_t search_said_ = 0;
  int since_search_ = 0;
  int quiet_windows_ = 1000;
  float quietest_ = 1e9F;
  bool user_alone_ = false;
  int unlike_ = 0;
  float bound_ = 1;

  PlayedAudio played_;
  std::vector<std::int16_t> recent_;  // of the microphone, for the search
  DelaySearch search_;
  std::optional<Canceller> canceller_;
  Residue residue_;
  std::optional<std::int64_t> delay_;
  std::optional<std::int64_t> candidate_;
  int windows_ = 0;
  int no_echo_ = 0;
  float loudest_gain_ = 1;
  double heard_power_ = 0;
  double played_power_ = 0;
  int blocks_ = 0;
  std::array<std::int16_t, kWindow> rest_{};
  // the last window's second half and this window, for frames that overlap
  std::array<std::int16_t, 3 * kWindow / 2> left_{};
  std::array<std::int16_t, 3 * kWindow / 2> taken_{};
  std::array<std::int16_t, 3 * kWindow> aligned_{};
  std::array<std::int16_t, 3 * kWindow / 2> heard_{};
  std::array<BandPower, 4> sounds_{};  // of the window's two frames and the next two
};

}  // namespace eva::echo
