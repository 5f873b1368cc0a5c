#include "pool/worker_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "pool/manual_executor.h"

namespace eva::pool {
namespace {
using testing::ElementsAre;

/// Holds a worker until release().
class Gate {
 public:
  Job job() {
    Job job;
    job.work = [this](JobContext&) -> Result<> {
      entered_.count_down();
      open_.wait();
      return {};
    };
    job.done = [this](Result<>) { done = true; };
    return job;
  }
  void wait_entered() { entered_.wait(); }
  void release() { open_.count_down(); }
  bool done = false;

 private:
  std::latch entered_{1};
  std::latch open_{1};
};

struct WorkerPoolTest : testing::Test {
  ManualExecutor home;
  std::vector<std::string> log;  // home thread

  Job noted(std::string name, Priority priority = Priority::kOther) {
    Job job;
    job.priority = priority;
    job.work = [](JobContext&) -> Result<> { return {}; };
    job.done = [this, name = std::move(name)](Result<> result) {
      log.push_back(result ? name : name + ":" + std::string(to_string(result.error().code)));
    };
    return job;
  }
  auto logged(std::size_t n) {
    return [this, n] { return log.size() >= n; };
  }
};

TEST_F(WorkerPoolTest, RunsOffTheHomeThreadAndReportsOnIt) {
  WorkerPool pool(home, {});
  std::thread::id worker;
  std::thread::id reporter;
  bool done = false;
  Job job;
  job.started = [&] { log.push_back("started"); };
  job.work = [&](JobContext& context) -> Result<> {
    worker = std::this_thread::get_id();
    context.post([&] { log.push_back("piece 1"); });
    context.post([&] { log.push_back("piece 2"); });
    return {};
  };
  job.done = [&](Result<> result) {
    EXPECT_TRUE(result.has_value());
    reporter = std::this_thread::get_id();
    done = true;
  };
  auto ticket = pool.try_post(std::move(job));
  ASSERT_TRUE(ticket);
  home.run_until([&] { return done; });
  EXPECT_EQ(reporter, std::this_thread::get_id());
  EXPECT_NE(worker, std::this_thread::get_id());
  EXPECT_THAT(log, ElementsAre("started", "piece 1", "piece 2"));
}

TEST_F(WorkerPoolTest, StartsHigherClassesFirst) {
  Gate gate;
  WorkerPool pool(home, {});
  auto held = pool.try_post(gate.job());
  gate.wait_entered();
  auto a = pool.try_post(noted("other", Priority::kOther));
  auto b = pool.try_post(noted("speech 1", Priority::kSpeech));
  auto c = pool.try_post(noted("speech 2", Priority::kSpeech));
  auto d = pool.try_post(noted("transcription", Priority::kTranscription));
  gate.release();
  home.run_until(logged(4));
  EXPECT_THAT(log, ElementsAre("transcription", "speech 1", "speech 2", "other"));
}

TEST_F(WorkerPoolTest, KeepsAWorkerForTranscriptions) {
  Gate gate;
  WorkerPool pool(home, {.workers = 1, .transcription_workers = 1});
  auto held = pool.try_post(gate.job());
  gate.wait_entered();
  auto speech = pool.try_post(noted("speech", Priority::kSpeech));
  auto transcription = pool.try_post(noted("transcription", Priority::kTranscription));
  home.run_until(logged(1));
  EXPECT_THAT(log, ElementsAre("transcription"));
  EXPECT_EQ(pool.waiting(), 1u);
  gate.release();
  home.run_until(logged(2));
  EXPECT_THAT(log, ElementsAre("transcription", "speech"));
}

TEST_F(WorkerPoolTest, RefusesWhenFull) {
  Gate gate;
  WorkerPool pool(home, {.workers = 1, .queue_limit = 2});
  auto held = pool.try_post(gate.job());
  gate.wait_entered();
  auto a = pool.try_post(noted("a"));
  auto b = pool.try_post(noted("b"));
  ASSERT_TRUE(a && b);
  const auto refused = pool.try_post(noted("c"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kOverloaded);
  a->reset();  // a cancelled job makes room at once
  EXPECT_EQ(pool.waiting(), 1u);
  auto d = pool.try_post(noted("d"));
  EXPECT_TRUE(d);
  gate.release();
  home.run_until(logged(2));
  EXPECT_THAT(log, ElementsAre("b", "d"));
}

TEST_F(WorkerPoolTest, CancelsARunningJobThroughItsToken) {
  std::latch entered{1};
  std::latch cancelled{1};
  WorkerPool pool(home, {});
  Job job;
  job.work = [&](JobContext& context) -> Result<> {
    CancelToken::Hook hook(context.cancel(), [&] { cancelled.count_down(); });
    entered.count_down();
    cancelled.wait();
    context.post([&] { log.push_back("late piece"); });
    return fail(ErrorCode::kCancelled, "stopped");
  };
  job.done = [&](Result<>) { log.push_back("late done"); };
  auto ticket = pool.try_post(std::move(job));
  entered.wait();
  ticket->reset();
  auto next = pool.try_post(noted("next"));
  home.run_until(logged(1));
  EXPECT_THAT(log, ElementsAre("next"));
}

TEST_F(WorkerPoolTest, TicketMayDieInsideItsCallbacks) {
  WorkerPool pool(home, {});
  std::unique_ptr<Ticket> ticket;
  Job job;
  job.work = [](JobContext&) -> Result<> { return {}; };
  job.done = [&](Result<>) {
    ticket.reset();
    log.push_back("done");
  };
  ticket = std::move(*pool.try_post(std::move(job)));
  home.run_until(logged(1));
  Job streaming;
  streaming.work = [&](JobContext& context) -> Result<> {
    context.post([&] {
      ticket.reset();
      log.push_back("piece");
    });
    context.post([&] { log.push_back("never"); });
    return {};
  };
  streaming.done = [&](Result<>) { log.push_back("never"); };
  ticket = std::move(*pool.try_post(std::move(streaming)));
  home.run_until(logged(2));
  auto last = pool.try_post(noted("last"));
  home.run_until(logged(3));
  EXPECT_THAT(log, ElementsAre("done", "piece", "last"));
}

TEST_F(WorkerPoolTest, DeadlineEndsAWaitingJob) {
  Gate gate;
  WorkerPool pool(home, {});
  auto held = pool.try_post(gate.job());
  gate.wait_entered();
  Job job = noted("late");
  job.deadline = home.now() + 2s;
  auto ticket = pool.try_post(std::move(job));
  home.advance(2s - 1us);
  EXPECT_EQ(pool.waiting(), 1u);
  EXPECT_THAT(log, ElementsAre());
  home.advance(1us);
  EXPECT_EQ(pool.waiting(), 0u);
  EXPECT_THAT(log, ElementsAre("late:timeout"));
  gate.release();
  home.run_until([&] { return gate.done; });
  EXPECT_EQ(log.size(), 1u);
}

TEST_F(WorkerPoolTest, DeadlineStopsARunningJobAndReportsAtOnce) {
  std::latch entered{1};
  std::latch cancelled{1};
  WorkerPool pool(home, {});
  Job job = noted("slow");
  job.deadline = home.now() + 2s;
  job.work = [&](JobContext& context) -> Result<> {
    CancelToken::Hook hook(context.cancel(), [&] { cancelled.count_down(); });
    entered.count_down();
    cancelled.wait();
    return fail(ErrorCode::kCancelled, "stopped");
  };
  auto ticket = pool.try_post(std::move(job));
  entered.wait();
  home.advance(2s);
  EXPECT_THAT(log, ElementsAre("slow:timeout"));
  cancelled.wait();
  auto next = pool.try_post(noted("next"));
  home.run_until(logged(2));
  EXPECT_THAT(log, ElementsAre("slow:timeout", "next"));
}

TEST_F(WorkerPoolTest, AFinishedJobLeavesNoTimer) {
  WorkerPool pool(home, {});
  Job job = noted("a");
  job.deadline = home.now() + 1h;
  auto ticket = pool.try_post(std::move(job));
  EXPECT_EQ(home.timers(), 1u);
  home.run_until(logged(1));
  EXPECT_EQ(home.timers(), 0u);
}

TEST_F(WorkerPoolTest, SurvivesWorkThatThrows) {
  WorkerPool pool(home, {});
  Job job = noted("bad");
  job.work = [](JobContext&) -> Result<> { throw std::runtime_error("boom"); };
  auto ticket = pool.try_post(std::move(job));
  home.run_until(logged(1));
  auto next = pool.try_post(noted("next"));
  home.run_until(logged(2));
  EXPECT_THAT(log, ElementsAre("bad:internal", "next"));
}

TEST_F(WorkerPoolTest, ShutdownCancelsJoinsAndSilences) {
  std::unique_ptr<Ticket> running;
  std::unique_ptr<Ticket> waiting;
  std::latch entered{1};
  std::latch cancelled{1};
  {
    WorkerPool pool(home, {});
    Job job = noted("running");
    job.deadline = home.now() + 1s;
    job.work = [&](JobContext& context) -> Result<> {
      CancelToken::Hook hook(context.cancel(), [&] { cancelled.count_down(); });
      entered.count_down();
      cancelled.wait();
      return {};
    };
    running = std::move(*pool.try_post(std::move(job)));
    entered.wait();
    waiting = std::move(*pool.try_post(noted("waiting")));
  }
  home.run_posted();
  home.advance(1h);
  EXPECT_THAT(log, ElementsAre());
}

TEST_F(WorkerPoolTest, ManyJobsFromManyTurnsEndExactlyOnce) {
  std::vector<std::unique_ptr<Ticket>> tickets;
  int done = 0;
  int posted = 0;
  int cancelled = 0;
  std::atomic<int> ran = 0;
  WorkerPool pool(home, {.workers = 3, .transcription_workers = 1, .queue_limit = 64});
  for (int i = 0; i < 2000; ++i) {
    Job job;
    job.priority = static_cast<Priority>(i % 3);
    job.work = [&](JobContext& context) -> Result<> {
      ran.fetch_add(1, std::memory_order_relaxed);
      if (context.cancel().cancelled()) return fail(ErrorCode::kCancelled, "");
      context.post([] {});
      return {};
    };
    job.done = [&](Result<>) { ++done; };
    auto ticket = pool.try_post(std::move(job));
    if (!ticket) {
      home.run_posted();
      continue;
    }
    ++posted;
    if (i % 7 == 0) {
      ++cancelled;
    } else {
      tickets.push_back(std::move(*ticket));
    }
  }
  home.run_until([&] { return done == posted - cancelled; });
  EXPECT_EQ(pool.waiting(), 0u);
  EXPECT_GE(ran.load(), posted - cancelled);
  EXPECT_LE(ran.load(), posted);
}

}  // namespace
}  // namespace eva::pool
