#include "io/child_process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>

#include "io/testing.h"

namespace eva::io {
namespace {

/// Runs /bin/sh with the script and tells how it ended.
std::string run_script(const std::string& script, ChildOptions options = {}) {
  EventLoop loop;
  std::string how;
  options.argv = {"/bin/sh", "-c", script};
  const auto child = ChildProcess::spawn(loop, options, [&](std::string text) { how = text; });
  EXPECT_TRUE(child);
  EXPECT_EQ(how, "");
  loop.run_until([&] { return !how.empty(); });
  return how;
}

TEST(ChildProcess, TellsHowItEnded) {
  EXPECT_EQ(run_script("exit 0"), "exit code 0");
  EXPECT_EQ(run_script("exit 3"), "exit code 3");
  EXPECT_EQ(run_script("kill -9 $$"), "killed by signal 9");
}

TEST(ChildProcess, GetsItsEnvironmentOverTheParents) {
  ASSERT_EQ(setenv("EVA_TEST_PARENT", "parent", 1), 0);
  ASSERT_EQ(setenv("EVA_TEST_BOTH", "parent", 1), 0);
  EXPECT_EQ(run_script("test $EVA_TEST_PARENT$EVA_TEST_BOTH$EVA_TEST_OWN = parentownown",
                       {.env = {{"EVA_TEST_BOTH", "own"}, {"EVA_TEST_OWN", "own"}}}),
            "exit code 0");
}

TEST(ChildProcess, IsNiceAndInheritsNoFiles) {
  const int own = getpriority(PRIO_PROCESS, 0);
  EXPECT_EQ(run_script("test $(nice) = " + std::to_string(own + 3), {.nice = 3}), "exit code 0");
  const UniqueFd leaky(::open("/dev/null", O_RDONLY));  // not close-on-exec
  EXPECT_EQ(run_script("test ! -e /proc/self/fd/" + std::to_string(leaky.get())), "exit code 0");
}

TEST(ChildProcess, TerminateIsSigterm) {
  EventLoop loop;
  std::string how;
  const auto child = ChildProcess::spawn(loop, {.argv = {"/bin/sleep", "60"}},
                                         [&](std::string text) { how = text; });
  ASSERT_TRUE(child);
  EXPECT_EQ(::kill((*child)->pid(), 0), 0);
  (*child)->terminate();
  loop.run_until([&] { return !how.empty(); });
  EXPECT_EQ(how, "killed by signal 15");
  (*child)->terminate();  // nobody is there any more
}

TEST(ChildProcess, DiesWithItsHandleInSilence) {
  EventLoop loop;
  auto child = ChildProcess::spawn(loop, {.argv = {"/bin/sleep", "60"}},
                                   [](std::string) { FAIL() << "must be silent"; });
  ASSERT_TRUE(child);
  const int pid = (*child)->pid();
  child->reset();
  EXPECT_EQ(::kill(pid, 0), -1);  // killed and reaped
  bool is_done = false;
  loop.call_at(loop.now() + 1ms, [&] { is_done = true; });
  loop.run_until([&] { return is_done; });
}

TEST(ChildProcess, MayBeDestroyedInItsOwnReport) {
  EventLoop loop;
  std::unique_ptr<ChildProcess> child;
  bool is_over = false;
  child = *ChildProcess::spawn(loop, {.argv = {"/bin/true"}}, [&](std::string) {
    child.reset();
    is_over = true;
  });
  loop.run_until([&] { return is_over; });
}

TEST(ChildProcess, AProgramThatCannotStartIsAnError) {
  EventLoop loop;
  const auto child = ChildProcess::spawn(loop, {.argv = {"/nonexistent"}}, [](std::string) {});
  ASSERT_FALSE(child);
  EXPECT_EQ(child.error().code, ErrorCode::kIo);
  EXPECT_EQ(child.error().detail, "cannot start /nonexistent: No such file or directory");
}

}  // namespace
}  // namespace eva::io
