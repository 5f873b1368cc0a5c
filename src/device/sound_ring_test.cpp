#include "device/sound_ring.h"

#include <gtest/gtest.h>

#include <thread>

namespace eva::device {
namespace {

using Pcm = std::vector<std::int16_t>;

Pcm read(SoundRing& ring, std::size_t count) {
  Pcm out(count);
  out.resize(ring.read(out));
  return out;
}

TEST(SoundRingTest, GivesBackInOrderAcrossItsEnd) {
  SoundRing ring(4);
  EXPECT_EQ(read(ring, 3), Pcm{});
  EXPECT_EQ(ring.write(Pcm{1, 2, 3}), 3U);
  EXPECT_EQ(read(ring, 2), (Pcm{1, 2}));
  EXPECT_EQ(ring.write(Pcm{4, 5, 6}), 3U);
  EXPECT_EQ(read(ring, 9), (Pcm{3, 4, 5, 6}));
}

TEST(SoundRingTest, TakesWhatFits) {
  SoundRing ring(4);
  EXPECT_EQ(ring.write(Pcm{1, 2, 3, 4, 5, 6}), 4U);
  EXPECT_EQ(ring.write(Pcm{7}), 0U);
  EXPECT_EQ(read(ring, 9), (Pcm{1, 2, 3, 4}));
}

TEST(SoundRingTest, SkipsWhatWasDropped) {
  SoundRing ring(8);
  ring.write(Pcm{1, 2, 3});
  ring.drop_written();
  ring.write(Pcm{4});
  EXPECT_EQ(read(ring, 9), Pcm{4});
  ring.drop_written();
  EXPECT_EQ(read(ring, 9), Pcm{});
}

// Run under the thread sanitizer.
TEST(SoundRingTest, TwoThreadsLoseNothing) {
  constexpr int kCount = 100'000;
  SoundRing ring(256);
  std::thread writer([&] {
    for (int next = 0; next < kCount;) {
      const std::int16_t sample = static_cast<std::int16_t>(next);
      next += static_cast<int>(ring.write({&sample, 1}));
    }
  });
  int wrong = 0;
  Pcm out(100);
  for (int next = 0; next < kCount;) {
    const std::size_t count = ring.read(out);
    for (std::size_t i = 0; i < count; ++i, ++next) {
      wrong += out[i] != static_cast<std::int16_t>(next);
    }
  }
  writer.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace eva::device
