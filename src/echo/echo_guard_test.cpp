#include "echo/echo_guard.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>

#include "audio/resampler.h"
#include "audio/sound_file.h"

namespace eva::echo {
namespace {

constexpr int kRate = 16'000;
using Pcm = std::vector<std::int16_t>;

Pcm clip(const std::string& name, int rate) {
  const auto sound = audio::read_sound("tests/audio/" + name);
  EXPECT_TRUE(sound) << sound.error().detail;
  return sound ? audio::resample(sound->pcm, sound->rate, rate) : Pcm(1);
}

struct Tap {
  std::size_t late;
  float gain;
};
// A room of 300 ms: a direct path and reflections that die away.
std::vector<Tap> room() {
  std::mt19937 random(3);
  std::normal_distribution<float> normal(0, 1);
  std::vector<Tap> taps{{.late = 0, .gain = 0.8F}};
  for (std::size_t late = 20; late < kRate * 3 / 10; late += 10 + random() % 20) {
    const float fade = std::exp(-static_cast<float>(late) / (0.05F * kRate));
    taps.push_back({.late = late, .gain = 0.08F * normal(random) * fade});
  }
  return taps;
}

// A caller whose loudspeaker plays a clip from media time 1 s on.
struct Caller {
  Pcm voice = clip("jfk.flac", 24'000);
  std::vector<float> microphone = std::vector<float>(13 * kRate);
  EchoGuard guard;
  std::size_t told = 0;  // samples of `voice`
  std::vector<float> shares;
  std::vector<double> levels;  // mean square of each window
  std::vector<double> rests;

  Caller() {
    std::mt19937 random(5);
    std::normal_distribution<float> normal(0, 10);
    for (float& x : microphone) x += normal(random);
  }
  void add_echo(float gain, Duration delay) {
    const Pcm dry = audio::resample(voice, 24'000, kRate);
    const auto taps = room();
    const auto begin = static_cast<std::size_t>(duration_to_samples(1s + delay, kRate));
    for (std::size_t i = 0; i < dry.size(); ++i) {
      for (const Tap& tap : taps) {
        const std::size_t at = begin + i + tap.late;
        if (at < microphone.size()) microphone[at] += gain * tap.gain * static_cast<float>(dry[i]);
      }
    }
  }
  void add_user(const std::string& name, Duration at, float gain) {
    const Pcm pcm = clip(name, kRate);
    const auto begin = static_cast<std::size_t>(duration_to_samples(at, kRate));
    for (std::size_t i = 0; i < pcm.size() && begin + i < microphone.size(); ++i) {
      microphone[begin + i] += gain * static_cast<float>(pcm[i]);
    }
  }
  // `wrong`: by how much the caller of the guard is off, at the start and per second.
  void run(Duration wrong = 0ms, Duration drift = 0ms, Duration until = 13s) {
    Pcm window(EchoGuard::kWindow);
    const auto windows =
        static_cast<std::size_t>(duration_to_samples(until, kRate)) / window.size();
    for (std::size_t w = shares.size(); w < windows; ++w) {
      const auto first = static_cast<std::int64_t>(w * window.size());
      const Duration now = samples_to_duration(first, kRate);
      while (told < voice.size()) {
        const Duration into = samples_to_duration(static_cast<std::int64_t>(told), 24'000);
        if (1s + into - 200ms > now) break;
        const std::size_t n = std::min<std::size_t>(480, voice.size() - told);
        guard.played(std::span(voice).subspan(told, n),
                     1s + into + wrong + drift * into.count() / 1'000'000);
        told += n;
      }
      double level = 0;
      for (std::size_t i = 0; i < window.size(); ++i) {
        window[i] = static_cast<std::int16_t>(std::lround(
            std::clamp(microphone[static_cast<std::size_t>(first) + i], -32768.F, 32767.F)));
        level += static_cast<double>(window[i]) * window[i] / EchoGuard::kWindow;
      }
      const auto heard = guard.hear(window, now);
      double rest = 0;
      for (const double x : heard.rest) rest += x * x / EchoGuard::kWindow;
      shares.push_back(heard.user_share);
      levels.push_back(level);
      rests.push_back(rest);
    }
  }
  // Of the windows from..to that are louder than the room's noise by 15 dB: how many are the
  // user's?
  double user_windows(Duration from, Duration to) const {
    int loud = 0;
    int users = 0;
    const auto window = [](Duration at) {
      return static_cast<std::size_t>(duration_to_samples(at, kRate)) / EchoGuard::kWindow;
    };
    for (std::size_t w = window(from); w < window(to); ++w) {
      if (levels[w] < 3000) continue;
      ++loud;
      users += shares[w] >= EchoGuard::kUserSpeaks;
    }
    EXPECT_GT(loud, 5);
    return static_cast<double>(users) / loud;
  }
};

TEST(EchoGuardTest, HandsThroughWhileNothingIsPlayed) {
  EchoGuard guard;
  const Pcm window(EchoGuard::kWindow, 500);
  const auto heard = guard.hear(window, 32ms);
  EXPECT_EQ(heard.rest.data(), window.data());
  EXPECT_EQ(heard.user_share, 1);
  EXPECT_FALSE(guard.delay());
}

TEST(EchoGuardTest, TakesHerEchoForHers) {
  Caller caller;
  caller.add_echo(0.3F, 180ms);
  caller.run();
  ASSERT_TRUE(caller.guard.delay());
  EXPECT_NEAR(static_cast<double>(to_ms(*caller.guard.delay())), 180, 2);
  EXPECT_LT(caller.user_windows(1s, 12s), 0.03);
  double heard = 0;
  double left = 0;
  for (std::size_t w = 150; w < 350; ++w) {
    heard += caller.levels[w];
    left += caller.rests[w];
  }
  EXPECT_LT(left, heard / 10);  // the canceller has found the room
}

TEST(EchoGuardTest, FindsItWhereverTheToldTimeIsWrong) {
  for (const Duration wrong : {-300ms, 100ms, 190ms}) {
    Caller caller;
    caller.add_echo(0.2F, 60ms);
    caller.run(wrong);
    ASSERT_TRUE(caller.guard.delay());
    EXPECT_NEAR(static_cast<double>(to_ms(*caller.guard.delay())),
                static_cast<double>(to_ms(60ms - wrong)), 2);
    EXPECT_LT(caller.user_windows(1s, 12s), 0.03) << to_ms(wrong);
  }
}

TEST(EchoGuardTest, FollowsADrift) {
  Caller caller;
  caller.add_echo(0.3F, 180ms);
  caller.run(0ms, 2ms);
  EXPECT_LT(caller.user_windows(1s, 12s), 0.05);
}

TEST(EchoGuardTest, HearsTheUserOverHer) {
  Caller caller;
  caller.add_echo(0.3F, 180ms);
  caller.add_user("1688-142285-0003.flac", 6s, 0.6F);
  caller.run();
  EXPECT_LT(caller.user_windows(1s, 6s), 0.03);
  EXPECT_GT(caller.user_windows(6300ms, 8s), 0.6);
}

TEST(EchoGuardTest, SuppressesNothingWithHeadphones) {
  Caller caller;
  caller.add_user("1688-142285-0003.flac", 4s, 0.5F);
  caller.run();
  EXPECT_FALSE(caller.guard.delay());
  EXPECT_EQ(caller.user_windows(4s, 7s), 1);
}

TEST(EchoGuardTest, KnowsASilentMicrophoneForHeadphonesAtOnce) {
  Caller caller;
  std::ranges::fill(caller.microphone, 0.F);
  caller.add_user("1688-142285-0003.flac", 2200ms, 0.5F);
  caller.run();
  EXPECT_GT(caller.user_windows(2200ms, 4s), 0.95);
}

TEST(EchoGuardTest, HearsAUserWithHeadphonesWhoSpeaksFromTheStart) {
  Caller caller;
  caller.add_user("1688-142285-0003.flac", 1s, 0.1F);
  caller.run();
  EXPECT_FALSE(caller.guard.delay());
  EXPECT_GT(caller.user_windows(2s, 5s), 0.8);
}

TEST(EchoGuardTest, AfterAFlushTheUserIsHeard) {
  Caller caller;
  caller.add_echo(0.3F, 180ms);
  caller.run(0ms, 0ms, 5s);
  // She stops at 5 s; the user speaks when the room has died away.
  caller.guard.forget_after(5s);
  caller.told = caller.voice.size();
  std::fill(caller.microphone.begin() + 5 * kRate + kRate / 2, caller.microphone.end(), 0.F);
  caller.add_user("1688-142285-0003.flac", 5700ms, 1);
  caller.run();
  EXPECT_GT(caller.user_windows(5700ms, 7500ms), 0.9);
  EXPECT_EQ(caller.shares.back(), 1);
}

TEST(EchoGuardTest, DoesNotDependOnHowTheVoiceIsCut) {
  const auto shares = [](std::size_t piece) {
    EchoGuard guard;
    const Pcm voice = clip("goforward.flac", 24'000);
    for (std::size_t at = 0; at < 24'000; at += piece) {
      guard.played(std::span(voice).subspan(at, std::min<std::size_t>(piece, 24'000 - at)),
                   samples_to_duration(static_cast<std::int64_t>(at), 24'000));
    }
    const Pcm heard = clip("goforward.flac", kRate);
    std::vector<float> all;
    for (std::size_t at = 0; at + EchoGuard::kWindow < 12'000; at += EchoGuard::kWindow) {
      all.push_back(guard
                        .hear(std::span(heard).subspan(at, EchoGuard::kWindow),
                              samples_to_duration(static_cast<std::int64_t>(at), kRate))
                        .user_share);
    }
    return all;
  };
  EXPECT_EQ(shares(480), shares(4800));
}

}  // namespace
}  // namespace eva::echo
