#include "io/event_loop.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <stdexcept>
#include <thread>
#include <vector>

#include "base/check.h"

namespace eva::io {
namespace {

TEST(EventLoop, TimersRunInOrderOfTimeThenOfCreation) {
  EventLoop loop;
  std::vector<int> order;
  const Time start = loop.now();
  loop.call_at(start + 2ms, [&] { order.push_back(3); });
  loop.call_at(start + 1ms, [&] { order.push_back(1); });
  loop.call_at(start + 1ms, [&] { order.push_back(2); });
  loop.call_at(Time::max(), [&] { order.push_back(-1); });
  loop.run_until([&] { return order.size() == 3; });
  EXPECT_EQ(order, (std::vector{1, 2, 3}));
}

TEST(EventLoop, ATimerIsNeverEarlyAndAnOldOneRunsAtOnceButNotInside) {
  EventLoop loop;
  bool has_run = false;
  loop.call_at(Time(), [&] { has_run = true; });
  EXPECT_FALSE(has_run);
  loop.run_until([&] { return has_run; });

  const Time due = loop.now() + 3ms;
  std::optional<Time> seen;
  loop.call_at(due, [&] { seen = loop.now(); });
  loop.run_until([&] { return seen.has_value(); });
  EXPECT_GE(*seen, due);
}

TEST(EventLoop, ACancelledTimerDoesNotRun) {
  EventLoop loop;
  bool has_run = false;
  bool is_done = false;
  const TimerId first = loop.call_at(loop.now() + 1ms, [&] { has_run = true; });
  const TimerId second = loop.call_at(loop.now() + 2ms, [&] { is_done = true; });
  loop.cancel(first);
  loop.cancel(first);
  loop.cancel(second + 1);
  loop.run_until([&] { return is_done; });
  EXPECT_FALSE(has_run);
  loop.cancel(second);  // has fired
}

TEST(EventLoop, ATimerMayCancelTheNextOneOfItsTime) {
  EventLoop loop;
  bool has_run = false;
  bool is_done = false;
  TimerId next = 0;
  const Time when = loop.now() + 1ms;
  loop.call_at(when, [&] { loop.cancel(next); });
  next = loop.call_at(when, [&] { has_run = true; });
  loop.call_at(when, [&] { is_done = true; });
  loop.run_until([&] { return is_done; });
  EXPECT_FALSE(has_run);
}

TEST(EventLoop, NowStandsStillInATaskAndMovesOnAfterIt) {
  EventLoop loop;
  std::vector<Time> seen;
  loop.post([&] {
    seen.push_back(loop.now());
    const auto until = std::chrono::steady_clock::now() + 1ms;
    while (std::chrono::steady_clock::now() < until) {
    }
    seen.push_back(loop.now());
  });
  loop.post([&] { seen.push_back(loop.now()); });
  loop.run_until([&] { return seen.size() == 3; });
  EXPECT_EQ(seen[0], seen[1]);
  EXPECT_GE(seen[2], seen[1] + 1ms);
  EXPECT_GE(loop.now(), seen[2]);
}

TEST(EventLoop, ATaskThatThrowsIsDroppedAlone) {
  EventLoop loop;
  int count = 0;
  loop.post([] { throw BugError("a bug in a task"); });
  loop.post([&] { ++count; });
  const Time when = loop.now() + 1ms;
  loop.call_at(when, [] { throw std::runtime_error("a failure in a timer"); });
  loop.call_at(when, [&] { ++count; });
  loop.run_until([&] { return count == 2; });
}

TEST(EventLoop, TasksComeFromOtherThreadsInTheirOrder) {
  EventLoop loop;
  std::vector<int> order;
  std::jthread thread([&] {
    for (int i = 0; i < 100; ++i) loop.post([&order, i] { order.push_back(i); });
  });
  loop.run_until([&] { return order.size() == 100; });
  EXPECT_TRUE(std::ranges::is_sorted(order));
}

TEST(EventLoop, StopEndsRunOnceEvenIfItComesFirst) {
  EventLoop loop;
  loop.stop();
  loop.run();  // returns at once
  bool has_run = false;
  loop.post([&] {
    has_run = true;
    loop.stop();
  });
  loop.run();
  EXPECT_TRUE(has_run);
}

TEST(EventLoop, WhatADroppedTaskOwnsMayUseTheLoop) {
  struct Owner {
    EventLoop& loop;
    TimerId other;
    ~Owner() { loop.cancel(other); }
  };
  EventLoop loop;
  const TimerId last = loop.call_at(Time::max(), [] {});
  const auto owner = [&](TimerId other) { return std::make_unique<Owner>(loop, other); };
  loop.call_at(Time() + 1h, [kept = owner(last)] {});
  loop.post([kept = owner(last)] {});
}

TEST(EventLoop, SignalsBecomeTasks) {
  EventLoop loop;
  int seen = 0;
  loop.on_signals({SIGUSR1, SIGUSR2}, [&](int signal) { seen += signal; });
  raise(SIGUSR1);
  loop.run_until([&] { return seen == SIGUSR1; });
  raise(SIGUSR2);
  loop.run_until([&] { return seen == SIGUSR1 + SIGUSR2; });
}

}  // namespace
}  // namespace eva::io
