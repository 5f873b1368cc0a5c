#include "models/process.h"

#include <gtest/gtest.h>

namespace eva::models {
namespace {

TEST(RunCommand, TellsHowItEnded) {
  EXPECT_TRUE(run_command({"true"}));
  struct Row {
    std::vector<std::string> argv;
    ErrorCode code;
    const char* detail;
  };
  const Row rows[] = {
      {{"sh", "-c", "echo out; echo err >&2; exit 3"},
       ErrorCode::kUnavailable,
       "sh failed (exit code 3): out\nerr"},
      {{"false"}, ErrorCode::kUnavailable, "false failed (exit code 1): no output"},
      {{"sh", "-c", "kill -9 $$"}, ErrorCode::kUnavailable, "sh failed (signal 9): no output"},
      {{"eva-no-such-command"}, ErrorCode::kNotFound, "there is no command eva-no-such-command"},
  };
  for (const Row& row : rows) {
    const auto done = run_command(row.argv);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, row.code);
    EXPECT_EQ(done.error().detail, row.detail);
  }
}

TEST(RunCommand, KeepsOnlyTheLastLines) {
  const auto done = run_command({"sh", "-c", "seq 100000; exit 1"});
  ASSERT_FALSE(done);
  EXPECT_LT(done.error().detail.size(), 1100u);
  EXPECT_TRUE(done.error().detail.ends_with("\n99999\n100000"));
}

TEST(RunCommand, ReadsNoInput) {
  EXPECT_TRUE(run_command({"cat"}));
}

}  // namespace
}  // namespace eva::models
