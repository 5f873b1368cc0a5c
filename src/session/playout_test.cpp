#include "session/playout.h"

#include <gtest/gtest.h>

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
  Playout playout;
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
  Playout playout;
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
  Playout playout;
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
  Playout playout;
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
  Playout playout;
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

}  // namespace
}  // namespace eva::session
