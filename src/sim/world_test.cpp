#include "sim/world.h"

#include <gtest/gtest.h>

#include <string>

namespace eva::sim {
namespace {

TEST(World, RunsInOrderOfTimeThenOfCreation) {
  World world;
  std::string log;
  world.call_at(Time{2s}, [&] { log += "c"; });
  world.call_at(Time{1s}, [&] {
    log += "a";
    world.post([&] { log += "b"; });
  });
  const TimerId never = world.call_at(Time{1s}, [&] { log += "x"; });
  world.call_at(Time{2s}, [&] { log += "d"; });
  world.cancel(never);
  world.run_until(Time{1s});
  EXPECT_EQ(log, "ab");
  EXPECT_EQ(world.now(), Time{1s});
  EXPECT_FALSE(world.run_all(Time{1500ms}));
  EXPECT_TRUE(world.run_all(Time{1h}));
  EXPECT_EQ(log, "abcd");
  EXPECT_EQ(world.now(), Time{2s});
}

}  // namespace
}  // namespace eva::sim
