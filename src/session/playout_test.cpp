#include "session/playout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace eva::session {
namespace {

std::vector<std::int16_t> ramp(int samples) {
  std::vector<std::int16_t> pcm(static_cast<std::size_t>(samples));
  std::iota(pcm.begin(), pcm.end(), std::int16_t{0});
  return pcm;
}

int frames_due(Playout& playout, Time now) {
  int frames = 0;
  while (!playout.next_frame(now).empty()) ++frames;
  return frames;
}

TEST(Playout, SendsTheLeadAtOnceAndThenOneFramePer20Ms) {
  Playout playout(200ms);
  playout.start();
  playout.push(ramp(24'000));
  const Time start{5s};
  EXPECT_EQ(frames_due(playout, start), 10);
  EXPECT_EQ(frames_due(playout, start + 19ms), 0);
  EXPECT_EQ(frames_due(playout, start + 21ms), 1);
  EXPECT_EQ(frames_due(playout, start + 121ms), 5);
}

TEST(Playout, TheDeadlineIsExactlyWhenAFrameIsDue) {
  Playout playout(200ms);
  playout.start();
  playout.push(ramp(24'000));
  Time now{1s};
  int frames = frames_due(playout, now);
  while (const auto next = playout.next_frame_at()) {
    ASSERT_GT(*next, now);
    EXPECT_EQ(frames_due(playout, *next - Duration{1}), 0);
    now = *next;
    const int due = frames_due(playout, now);
    ASSERT_EQ(due, 1);
    frames += due;
    EXPECT_LE(playout.sent() - playout.heard(now), duration_to_samples(200ms, Playout::kRate));
  }
  EXPECT_EQ(frames, 50);
  EXPECT_EQ(now, Time{1s} + 800ms + Duration{1});
}

TEST(Playout, AShortTailWaitsForMoreUntilFinished) {
  Playout playout(200ms);
  playout.start();
  playout.push(ramp(500));
  EXPECT_EQ(playout.next_frame(Time{}).size(), 480u);
  EXPECT_FALSE(playout.next_frame_at());
  EXPECT_FALSE(playout.sent_all());
  playout.finish();
  EXPECT_EQ(playout.next_frame(Time{}).size(), 20u);
  EXPECT_TRUE(playout.sent_all());
}

TEST(Playout, HeardFollowsTheClockAndNeverExceedsWhatWasSent) {
  Playout playout(200ms);
  playout.start();
  EXPECT_EQ(playout.heard(Time{9s}), 0);
  playout.push(ramp(4800));
  frames_due(playout, Time{10s});
  EXPECT_EQ(playout.heard(Time{10s}), 0);
  EXPECT_EQ(playout.heard(Time{10s} + 50ms), 1200);
  EXPECT_TRUE(playout.audible(Time{10s} + 199ms));
  EXPECT_FALSE(playout.audible(Time{10s} + 200ms));
  EXPECT_EQ(playout.heard(Time{20s}), 4800);
}

TEST(Playout, AnUnderrunStopsTheListenersClock) {
  Playout playout(200ms);
  playout.start();
  playout.push(ramp(480));
  frames_due(playout, Time{1s});
  playout.push(ramp(480));
  EXPECT_EQ(frames_due(playout, Time{2s}), 1);  // late: the listener waited since 1.02 s
  EXPECT_EQ(playout.heard(Time{2s}), 480);
  EXPECT_EQ(playout.heard(Time{2s} + 10ms), 720);
  EXPECT_EQ(*playout.heard_all_at(), Time{2s} + 20ms + Duration{1});
}

TEST(Playout, FlushDropsWhatWasNotSent) {
  Playout playout(200ms);
  playout.start();
  playout.push(ramp(24'000));
  frames_due(playout, Time{1s});
  playout.flush();
  EXPECT_FALSE(playout.next_frame_at());
  EXPECT_EQ(playout.sent(), 4800);
  EXPECT_TRUE(playout.sent_all());
  EXPECT_EQ(playout.heard(Time{1s} + 100ms), 2400);
}

TEST(Playout, SamplesArriveInOrderAndComplete) {
  Playout playout(200ms);
  playout.start();
  const auto want = ramp(7000);
  std::vector<std::int16_t> got;
  Time now{};
  for (int i = 0; i < 70; ++i) {
    playout.push(std::span(want).subspan(static_cast<std::size_t>(i) * 100, 100));
    now += 3ms;
    for (auto f = playout.next_frame(now); !f.empty(); f = playout.next_frame(now)) {
      got.insert(got.end(), f.begin(), f.end());
    }
  }
  playout.finish();
  while (!playout.sent_all()) {
    now = *playout.next_frame_at();
    const auto f = playout.next_frame(now);
    got.insert(got.end(), f.begin(), f.end());
  }
  EXPECT_EQ(got, want);
}

// 24 kHz words of 200 ms (a constant each) with gaps of 60 ms.
std::vector<std::int16_t> words(int count) {
  std::vector<std::int16_t> pcm;
  for (int word = 1; word <= count; ++word) {
    pcm.insert(pcm.end(), 4800, static_cast<std::int16_t>(word * 1000));
    pcm.insert(pcm.end(), 1440, 0);
  }
  return pcm;
}

// Takes what is due in steps of 5 ms up to `until`.
std::vector<std::int16_t> play(Playout& playout, Time from, Time until) {
  std::vector<std::int16_t> out;
  for (Time now = from; now <= until; now += 5ms) {
    for (auto frame = playout.next_frame(now); !frame.empty(); frame = playout.next_frame(now)) {
      out.insert(out.end(), frame.begin(), frame.end());
    }
  }
  return out;
}

int biggest_step(std::span<const std::int16_t> pcm) {
  int step = 0;
  for (std::size_t i = 1; i < pcm.size(); ++i) step = std::max(step, std::abs(pcm[i] - pcm[i - 1]));
  return step;
}

TEST(Playout, DucksBy18DecibelsWithoutAClick) {
  Playout playout(100ms);
  playout.start();
  playout.push(std::vector<std::int16_t>(24'000, 10'000));
  auto heard = play(playout, Time{}, Time{100ms});
  playout.set_level(Playout::Level::kDucked);
  const auto ducked = play(playout, Time{105ms}, Time{300ms});
  heard.insert(heard.end(), ducked.begin(), ducked.end());
  EXPECT_EQ(heard.back(), 1260);
  EXPECT_EQ(ducked[480], 1260);  // within 20 ms
  EXPECT_LE(biggest_step(heard), 21);
  playout.set_level(Playout::Level::kFull);
  const auto back = play(playout, Time{305ms}, Time{500ms});
  EXPECT_EQ(back.back(), 10'000);
  EXPECT_LE(biggest_step(back), 84);
}

TEST(Playout, HoldsWithinItsLeadAndFadesOut) {
  Playout playout(100ms);
  playout.start();
  playout.push(std::vector<std::int16_t>(48'000, 10'000));
  play(playout, Time{}, Time{500ms});
  playout.set_level(Playout::Level::kDucked);
  play(playout, Time{505ms}, Time{540ms});
  playout.set_level(Playout::Level::kHeld);
  const auto end = play(playout, Time{545ms}, Time{2s});
  EXPECT_EQ(end.size(), 120u);  // 5 ms
  EXPECT_EQ(end.back(), 0);
  EXPECT_LE(biggest_step(end), 84);
  EXPECT_LE(*playout.heard_all_at(), Time{545ms + 100ms + 5ms});
  EXPECT_FALSE(playout.next_frame_at());
}

TEST(Playout, GoesOnAtTheGapBeforeTheWordInWhichSheStopped) {
  Playout playout(100ms);
  playout.start();
  playout.push(words(10));
  playout.finish();
  auto sent = play(playout, Time{}, Time{480ms});  // into the third word: 520..720 ms
  playout.set_level(Playout::Level::kHeld);
  play(playout, Time{485ms}, Time{900ms});
  const std::int64_t stopped = playout.position();
  ASSERT_GT(stopped, 2 * 6240 + 480);
  playout.set_level(Playout::Level::kFull);
  EXPECT_LT(playout.position(), 2 * 6240);
  EXPECT_GE(playout.position(), 2 * 6240 - 1440);  // in the gap before it
  const auto rest = play(playout, Time{905ms}, Time{5s});
  // The third word comes whole, and the last is there too.
  EXPECT_EQ(std::ranges::count(rest, 3000), 4800);
  EXPECT_EQ(std::ranges::count(rest, 2000), 0);
  EXPECT_EQ(std::ranges::count(rest, 10'000), 4800);
  EXPECT_TRUE(playout.sent_all());
  EXPECT_EQ(playout.position(), 10 * 6240);
  EXPECT_GT(playout.sent(), playout.position());
  EXPECT_EQ(playout.delivery().position(playout.sent()), 10 * 6240);
  EXPECT_EQ(playout.delivery().position(100), 100);
}

TEST(Playout, GoesOnExactlyWhereThereIsNoGap) {
  Playout playout(100ms);
  playout.start();
  playout.push(std::vector<std::int16_t>(24'000, 5000));
  play(playout, Time{}, Time{400ms});
  playout.set_level(Playout::Level::kHeld);
  play(playout, Time{405ms}, Time{800ms});
  const std::int64_t stopped = playout.position();
  playout.set_level(Playout::Level::kFull);
  EXPECT_EQ(playout.position(), stopped);
}

TEST(Playout, HeldBeforeItsFirstFrameItStartsAtTheBeginning) {
  Playout playout(100ms);
  playout.start();
  playout.set_level(Playout::Level::kHeld);
  playout.push(words(2));
  EXPECT_FALSE(playout.next_frame_at());
  playout.set_level(Playout::Level::kFull);
  const auto sent = play(playout, Time{}, Time{1s});
  EXPECT_EQ(std::ranges::count(sent, 1000), 4800);
  EXPECT_EQ(playout.sent(), playout.position());
}

TEST(Delivery, NeverGoesBack) {
  Delivery delivery;
  delivery.jump(1000, 700);
  delivery.jump(1500, 1100);
  EXPECT_EQ(delivery.position(999), 999);
  EXPECT_EQ(delivery.position(1000), 1000);  // 300 are heard a second time
  EXPECT_EQ(delivery.position(1200), 1000);
  EXPECT_EQ(delivery.position(1400), 1100);
  EXPECT_EQ(delivery.position(1600), 1200);
}

}  // namespace
}  // namespace eva::session
