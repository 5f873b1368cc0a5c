#include "endpoint/pooled_turn_model.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <latch>

#include "pool/manual_executor.h"
#include "tensor/tiny_onnx.h"

namespace eva::endpoint {
namespace {

class PooledTurnModelTest : public ::testing::Test {
 protected:
  PooledTurnModelTest() {
    const auto file = std::filesystem::temp_directory_path() /
                      ("eva_pooled_turn_model_test_" + std::to_string(::getpid()) + ".onnx");
    const std::int64_t shape[] = {1, 128'000};
    const std::vector<std::string> ops{"Flatten", "ReduceMax", "Sigmoid"};
    std::ofstream(file, std::ios::binary) << tensor::summary_model(shape, ops);
    network_ = *TurnNetwork::load(file);
    std::filesystem::remove(file);
  }

  /// Keeps the pool's only worker busy until `release` is counted down.
  std::unique_ptr<pool::Ticket> occupy(pool::WorkerPool& pool, std::latch& release) {
    bool started = false;
    auto ticket = pool.try_post({.work = [&release](pool::JobContext&) -> Result<> {
                                   release.wait();
                                   return {};
                                 },
                                 .started = [&started] { started = true; },
                                 .done = [](const Result<>&) {}});
    loop_.run_until([&] { return started; });
    return std::move(*ticket);
  }

  pool::ManualExecutor loop_;
  std::unique_ptr<TurnNetwork> network_;
};

TEST_F(PooledTurnModelTest, AnswersLater) {
  pool::WorkerPool pool(loop_, {.workers = 1, .queue_limit = 4});
  PooledTurnModel model(loop_, pool, *network_, 250ms);
  EXPECT_EQ(model.samples_wanted(), 128'000U);
  std::optional<Result<double>> answer;
  const auto call = model.score(std::vector<std::int16_t>(16'000),
                                [&](Result<double> result) { answer = std::move(result); });
  EXPECT_FALSE(answer);
  loop_.run_until([&] { return answer.has_value(); });
  ASSERT_TRUE(*answer);
  EXPECT_DOUBLE_EQ(**answer, 0.5);
}

TEST_F(PooledTurnModelTest, AnAnswerThatComesTooLateIsATimeout) {
  std::latch release(1);
  pool::WorkerPool pool(loop_, {.workers = 1, .queue_limit = 4});
  const auto busy = occupy(pool, release);
  PooledTurnModel model(loop_, pool, *network_, 250ms);
  std::optional<Result<double>> answer;
  const auto call = model.score({}, [&](Result<double> result) { answer = std::move(result); });
  loop_.advance(249ms);
  EXPECT_FALSE(answer);
  loop_.advance(1ms);
  loop_.run_posted();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->error().code, ErrorCode::kTimeout);
  release.count_down();
}

TEST_F(PooledTurnModelTest, AFullQueueRefusesAndADroppedCallIsSilent) {
  std::latch release(1);
  pool::WorkerPool pool(loop_, {.workers = 1, .queue_limit = 2});
  const auto busy = occupy(pool, release);
  PooledTurnModel model(loop_, pool, *network_, 250ms);
  const auto never = [](Result<double>) { FAIL() << "nobody waits any more"; };
  auto waits = model.score({}, never);
  auto dropped = model.score({}, never);
  std::optional<Result<double>> answer;
  const auto refused = model.score({}, [&](Result<double> result) { answer = std::move(result); });
  EXPECT_FALSE(answer) << "never inside the call";
  dropped.reset();
  loop_.run_posted();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->error().code, ErrorCode::kOverloaded);

  waits.reset();
  loop_.advance(1s);
  loop_.run_posted();
  EXPECT_EQ(pool.waiting(), 0U);
  release.count_down();
}

}  // namespace
}  // namespace eva::endpoint
