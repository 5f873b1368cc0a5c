#include "tensor/model.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "tensor/tiny_onnx.h"

namespace eva::tensor {
namespace {

/// Writes model files into a folder of its own, removed afterwards.
class ModelTest : public ::testing::Test {
 protected:
  ModelTest()
      : folder_(std::filesystem::temp_directory_path() /
                ("eva_model_test_" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~ModelTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const std::string& content) const {
    const std::filesystem::path file = folder_ / "model.onnx";
    std::ofstream(file, std::ios::binary) << content;
    return file;
  }
  std::unique_ptr<Model> loaded(const std::string& content) const {
    auto model = Model::load(write(content));
    EXPECT_TRUE(model) << model.error().detail;
    return model ? std::move(*model) : nullptr;
  }

 private:
  const std::filesystem::path folder_;
};

constexpr std::int64_t kPair[] = {1, 2};

TEST_F(ModelTest, RuntimePassesItsSelfTest) {
  const auto version = runtime_version();
  ASSERT_TRUE(version) << version.error().detail;
  EXPECT_EQ(version->substr(0, 2), "1.");
}

TEST_F(ModelTest, RunsAndFeedsAnOutputBack) {
  const auto model = loaded(chain_model("Add", 1, 1, 2));
  float numbers[] = {1.5F, -4.0F};
  const Value a = Value::view(numbers, kPair);
  auto first = model->run({{"a", &a}, {"b", &a}}, {"y"});
  ASSERT_TRUE(first) << first.error().detail;
  ASSERT_EQ(first->size(), 1U);
  EXPECT_EQ((*first)[0].shape(), (std::vector<std::int64_t>{1, 2}));

  const auto second = model->run({{"a", &(*first)[0]}, {"b", &a}}, {"y"});
  ASSERT_TRUE(second) << second.error().detail;
  ASSERT_EQ((*second)[0].floats().size(), 2U);
  EXPECT_EQ((*second)[0].floats()[0], 4.5F);
  EXPECT_EQ((*second)[0].floats()[1], -12.0F);
}

TEST_F(ModelTest, OutputLivesAfterItsModelAndMoves) {
  auto model = loaded(chain_model("Add", 1, 1, 2));
  float numbers[] = {1.0F, 2.0F};
  const Value a = Value::view(numbers, kPair);
  auto result = model->run({{"a", &a}, {"b", &a}}, {"y"});
  ASSERT_TRUE(result);
  Value output;
  output = std::move((*result)[0]);
  result->clear();
  model.reset();
  ASSERT_EQ(output.floats().size(), 2U);
  EXPECT_EQ(output.floats()[1], 4.0F);
}

TEST_F(ModelTest, ReadsMetadata) {
  const auto model = loaded(chain_model("Add", 1, 1, 2));
  EXPECT_EQ(model->metadata("made_by"), "tiny_onnx");
  EXPECT_EQ(model->metadata("absent"), "");
}

TEST_F(ModelTest, RefusesWrongInputs) {
  const auto model = loaded(chain_model("Add", 1, 1, 2));
  float numbers[] = {1.0F, 2.0F, 3.0F};
  std::int64_t integers[] = {1, 2};
  constexpr std::int64_t kTriple[] = {1, 3};
  constexpr std::int64_t kFlat[] = {2};
  const Value good = Value::view(std::span(numbers, 2), kPair);
  const Value wide = Value::view(numbers, kTriple);
  const Value flat = Value::view(std::span(numbers, 2), kFlat);
  const Value integer = Value::view(integers, kPair);
  const Value nothing;

  const auto code = [&](std::initializer_list<Input> inputs,
                        std::initializer_list<const char*> out) {
    const auto result = model->run(inputs, out);
    return result ? std::string("ran") : std::string(to_string(result.error().code));
  };
  const std::string bad(to_string(ErrorCode::kBadInput));
  EXPECT_EQ(code({{"a", &good}, {"x", &good}}, {"y"}), bad) << "unknown input";
  EXPECT_EQ(code({{"a", &good}}, {"y"}), bad) << "missing input";
  EXPECT_EQ(code({{"a", &good}, {"b", &good}}, {"z"}), bad) << "unknown output";
  EXPECT_EQ(code({{"a", &good}, {"b", &good}}, {nullptr}), bad) << "output without name";
  EXPECT_EQ(code({{nullptr, &good}, {"b", &good}}, {"y"}), bad) << "input without name";
  EXPECT_EQ(code({{"a", &good}, {"b", &integer}}, {"y"}), bad) << "wrong type";
  EXPECT_EQ(code({{"a", &good}, {"b", &wide}}, {"y"}), bad) << "wrong dimension";
  EXPECT_EQ(code({{"a", &good}, {"b", &flat}}, {"y"}), bad) << "wrong rank";
  EXPECT_EQ(code({{"a", &good}, {"b", &nothing}}, {"y"}), bad) << "empty value";
  EXPECT_EQ(code({{"a", &good}, {"b", nullptr}}, {"y"}), bad) << "no value";
  EXPECT_EQ(code({{"a", &good}, {"b", &good}}, {"y"}), "ran") << "usable after all the errors";
}

TEST_F(ModelTest, ViewWithWrongShapeHoldsNothing) {
  float numbers[] = {1.0F, 2.0F};
  constexpr std::int64_t kNegative[] = {-1, -2};
  constexpr std::int64_t kHuge[] = {1LL << 40, 1LL << 40};
  constexpr std::int64_t kTriple[] = {1, 3};
  EXPECT_TRUE(Value::view(numbers, kNegative).empty());
  EXPECT_TRUE(Value::view(numbers, kHuge).empty());
  EXPECT_TRUE(Value::view(numbers, kTriple).empty());
  EXPECT_TRUE(Value().floats().empty());
  EXPECT_TRUE(Value().shape().empty());

  constexpr std::int64_t kNoRows[] = {0, 2};
  const Value no_rows = Value::view(std::span<float>(), kNoRows);
  EXPECT_FALSE(no_rows.empty());
  EXPECT_TRUE(no_rows.floats().empty());
  EXPECT_EQ(no_rows.shape(), (std::vector<std::int64_t>{0, 2}));
}

TEST_F(ModelTest, TellsWhatItTakesAndGives) {
  const auto inputs = loaded(chain_model("Add", 1, 3, 2))->inputs();
  ASSERT_TRUE(inputs) << inputs.error().detail;
  ASSERT_EQ(inputs->size(), 2U);
  EXPECT_EQ((*inputs)[1].name, "b");
  EXPECT_EQ((*inputs)[1].shape, (std::vector<std::int64_t>{3, 2}));

  const std::int64_t shape[] = {1, 80, 800};
  const std::vector<std::string> ops{"Flatten", "ReduceMean", "Sigmoid"};
  const auto summary = loaded(summary_model(shape, ops));
  EXPECT_EQ(summary->inputs()->front().shape, (std::vector<std::int64_t>{1, 80, 800}));
  EXPECT_EQ(summary->outputs()->front().name, "y");
  EXPECT_EQ(summary->outputs()->front().shape, (std::vector<std::int64_t>{1, 1}));
}

TEST_F(ModelTest, RefusesWrongFiles) {
  const auto code = [](const Result<std::unique_ptr<Model>>& model) {
    return model ? std::string("loaded") : std::string(to_string(model.error().code));
  };
  const std::string model = chain_model("Add", 1, 1, 2);
  const std::string bad(to_string(ErrorCode::kBadConfig));
  EXPECT_EQ(code(Model::load("/nowhere/model.onnx")), to_string(ErrorCode::kNotFound));
  EXPECT_EQ(code(Model::load("/")), to_string(ErrorCode::kNotFound));
  EXPECT_EQ(code(Model::load(write("not a model at all"))), bad);
  EXPECT_EQ(code(Model::load(write(""))), bad);
  EXPECT_EQ(code(Model::load(write(model.substr(0, model.size() / 2)))), bad);
  EXPECT_EQ(code(Model::load(write(chain_model("NoSuchOperator", 1, 1, 2)))), bad);
  EXPECT_EQ(code(Model::load(write(model), {.threads = 0})), bad);
  EXPECT_EQ(code(Model::load(write(model), {.threads = 2, .arena = false})), "loaded");
}

TEST_F(ModelTest, CancelledBeforeTheRun) {
  const auto model = loaded(chain_model("Add", 1, 1, 2));
  float numbers[] = {1.0F, 2.0F};
  const Value a = Value::view(numbers, kPair);
  CancelToken token;
  token.cancel();
  const auto cancelled = model->run({{"a", &a}, {"b", &a}}, {"y"}, &token);
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().code, ErrorCode::kCancelled);
  EXPECT_TRUE(model->run({{"a", &a}, {"b", &a}}, {"y"}));
}

TEST_F(ModelTest, CancelledDuringTheRun) {
  // About a minute of matrix products, so that the run cannot end before it is cancelled.
  constexpr std::int64_t kSize = 512;
  constexpr std::int64_t kSquare[] = {kSize, kSize};
  const auto slow = loaded(chain_model("MatMul", 10'000, kSize, kSize));
  const auto quick = loaded(chain_model("Add", 1, 1, 2));
  std::vector<float> zeros(kSize * kSize);
  const Value a = Value::view(zeros, kSquare);
  CancelToken token;
  std::jthread canceller([&] {
    float numbers[] = {1.0F, 2.0F};
    const Value pair = Value::view(numbers, kPair);
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(quick->run({{"a", &pair}, {"b", &pair}}, {"y"}));
    token.cancel();
  });
  const auto result = slow->run({{"a", &a}, {"b", &a}}, {"y"}, &token);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
}

TEST_F(ModelTest, UnusedTokenChangesNothing) {
  const auto model = loaded(chain_model("Add", 3, 1, 2));
  float numbers[] = {1.0F, 2.0F};
  const Value a = Value::view(numbers, kPair);
  CancelToken token;
  const auto result = model->run({{"a", &a}, {"b", &a}}, {"y"}, &token);
  ASSERT_TRUE(result);
  EXPECT_EQ((*result)[0].floats()[1], 8.0F);
}

}  // namespace
}  // namespace eva::tensor
