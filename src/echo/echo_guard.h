#pragma once
// Tells the user's voice from hers that comes back through the user's loudspeaker and microphone.
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/time.h"
#include "echo/bands.h"
#include "echo/canceller.h"
#include "echo/delay_search.h"
#include "echo/echo_delay.h"
#include "echo/played_audio.h"
#include "echo/residue.h"

namespace eva::echo {

/// Knows what was played and what the microphone hears, both on the media clock; no clock, no
/// thread, no voice detector. Searches the delay, takes the linear part of the echo out, and judges
/// how much of the rest can be echo. Single-threaded; lives with its session.
///
/// Cost (docs/measurements.md): 3.4 ms of CPU per second while her echo is possible, else nothing.
/// About 90 KB from the first played() on, 210 KB once an echo was found; headphones stay at 90 KB.
///
/// Before it has heard enough of her (0.2 to 0.5 s of the first reply) it takes for echo what is
/// not louder than she was played. Without an echo it finds out within a second of her speech,
/// or 1.5 s if the microphone is not quiet, how loud one could be at most, and lets through what is
/// louder.
class EchoGuard {
 public:
  static constexpr std::size_t kWindow = 512;  // 32 ms at 16 kHz
  /// A window with speech in `rest` is the user's from this share on (bench/echo).
  static constexpr float kUserSpeaks = 0.3F;

  struct Heard {
    /// The window without the echo that could be taken out: for the voice detector. Valid until the
    /// next call, or as long as the window given.
    std::span<const std::int16_t> rest;
    /// The share of `rest`, 0..1, that her echo and steady noise do not explain; 1 while no echo is
    /// possible. It says nothing about whether that is speech.
    float user_share = 1;
  };

  /// The listener hears `pcm24k` (mono) from media time `at` on; in order. `at` may be off by
  /// -300..+300 ms, drift, and jump by 40 ms between replies. Tell it early: what was not told when
  /// its echo arrives is taken for the user. At most 1 s ahead of hear(), or older audio is lost.
  void played(std::span<const std::int16_t> pcm24k, Duration at);
  /// What was to be heard after `at` was flushed.
  void forget_after(Duration at);

  /// kWindow samples of the microphone (EVA_CHECK) from media time `begin` on; windows in order and
  /// without gaps.
  Heard hear(std::span<const std::int16_t> window, Duration begin);

  /// How much later than told her echo arrives; nullopt while none was found.
  std::optional<Duration> delay() const;

 private:
  /// The last half of a window and a whole one: two frames of 512, 16 ms apart.
  class Overlap {
   public:
    void push(std::span<const std::int16_t> window);
    std::span<const std::int16_t> frame(std::size_t index) const;

   private:
    std::array<std::int16_t, 3 * kWindow / 2> samples_{};
  };

  /// What was heard and what was played, over some blocks.
  struct Loudness {
    void add(double heard_power, double played_power);
    float bound() const;  // of the echo's power over that of what is played
    double heard = 0;
    double played = 0;
    int blocks = 0;
  };

  bool echo_possible(std::int64_t begin) const;
  void search(std::int64_t end);
  void learn_bound(float heard, std::span<const std::int16_t> played);
  float judge_by_level(std::span<const std::int16_t> window, std::int64_t begin) const;
  float judge(std::span<const std::int16_t> window, std::int64_t begin);

  PlayedAudio played_;
  DelaySearch search_;
  EchoDelay delay_;
  std::optional<Canceller> canceller_;  // once there is an echo
  Residue residue_;
  // for the search
  std::vector<std::int16_t> recent_;  // up to DelaySearch::kBlock of the microphone
  int windows_since_search_ = 0;
  float quietest_ = 1e9F;  // power of the quietest block of late
  // while no echo was found: its power over that of what is played, at most
  float bound_ = 1;
  Loudness many_;
  Loudness few_;
  // for the judgement
  int silent_windows_ = 0;  // since she was last played
  std::array<std::int16_t, kWindow> rest_{};
  Overlap heard_;
  Overlap left_;
  Overlap taken_;
  std::array<BandPower, 4> sounds_{};  // played, in the window's two frames and the next two
};

}  // namespace eva::echo
