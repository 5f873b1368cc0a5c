#include "models/progress.h"

#include <gtest/gtest.h>

#include <sstream>

namespace eva::models {
namespace {

TEST(Progress, Units) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(999), "999 B");
  EXPECT_EQ(human_bytes(1000), "1.0 kB");
  EXPECT_EQ(human_bytes(999'949), "999.9 kB");
  EXPECT_EQ(human_bytes(999'950), "1.0 MB");
  EXPECT_EQ(human_bytes(63'206'368), "63.2 MB");
  EXPECT_EQ(human_bytes(1'300'000'000), "1.3 GB");
  EXPECT_EQ(human_duration(0ms), "0 s");
  EXPECT_EQ(human_duration(1ms), "1 s");
  EXPECT_EQ(human_duration(59s), "59 s");
  EXPECT_EQ(human_duration(125s), "2 min 5 s");
  EXPECT_EQ(human_duration(3780s), "1 h 3 min");
}

TEST(ConsoleProgress, PrintsQuartersIntoAFile) {
  Time now{};
  std::ostringstream out;
  ConsoleProgress progress(out, false, [&] { return now; });
  progress.say("pack: name");
  for (const std::uint64_t done : {0, 1, 249, 250, 251, 500, 1000}) {
    now += 1s;
    progress.bytes("file", done, 1000);
  }
  progress.bytes("next", 900, 1000);  // resumed: nothing new yet, no rate
  now += 1s;
  progress.bytes("next", 1000, 1000);
  EXPECT_EQ(out.str(),
            "pack: name\n"
            "  file  250 B of 1.0 kB, 83 B/s, 9 s left\n"
            "  file  500 B of 1.0 kB, 100 B/s, 5 s left\n"
            "  file  1.0 kB of 1.0 kB, 166 B/s\n"
            "  next  1.0 kB of 1.0 kB, 100 B/s\n");
}

TEST(ConsoleProgress, RewritesOneLineOnATerminal) {
  Time now{};
  std::ostringstream out;
  ConsoleProgress progress(out, true, [&] { return now; });
  progress.bytes("file", 0, 1000);
  now += 99ms;
  progress.bytes("file", 10, 1000);  // too soon
  now += 1ms;
  progress.bytes("file", 20, 1000);
  progress.say("pause");
  progress.bytes("file", 1000, 1000);
  progress.say("done");
  EXPECT_EQ(out.str(),
            "\r\x1b[K  file  0 B of 1.0 kB\r\x1b[K  file  20 B of 1.0 kB\npause\n"
            "\r\x1b[K  file  1.0 kB of 1.0 kB\ndone\n");
}

}  // namespace
}  // namespace eva::models
