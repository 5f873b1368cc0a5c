#include "engine/whisper_decoder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace eva::engine {
namespace {

constexpr float kNever = -std::numeric_limits<float>::infinity();

TEST(ChooseTokenTest, TakesTheLargestAllowed) {
  // 11 entries: one full SIMD row and a rest.
  std::vector<float> logits{0, 1, 2, 3, 2, 1, 0, -1, -2, 5, 4};
  std::vector<float> mask(logits.size(), 0.0F);
  EXPECT_EQ(choose_token(logits, mask).token, 9);
  mask[9] = kNever;
  EXPECT_EQ(choose_token(logits, mask).token, 10);
  mask[10] = kNever;
  EXPECT_EQ(choose_token(logits, mask).token, 3);
  logits[0] = 3;
  EXPECT_EQ(choose_token(logits, mask).token, 0) << "the first of equals";
}

TEST(ChooseTokenTest, ProbabilityCountsAllowedTokensOnly) {
  const std::vector<float> logits{0.0F, 0.0F, 0.0F, 9.0F};
  const std::vector<float> mask{0.0F, 0.0F, 0.0F, kNever};
  EXPECT_NEAR(choose_token(logits, mask).log_probability, std::log(1.0 / 3), 1e-6);
  EXPECT_NEAR(choose_token(logits, std::vector<float>(4, 0.0F)).log_probability,
              std::log(std::exp(9.0) / (std::exp(9.0) + 3)), 1e-6);
}

TEST(TokenProbabilityTest, IsASoftmax) {
  const std::vector<float> logits{1.0F, 2.0F, 3.0F};
  const double sum = std::exp(1.0) + std::exp(2.0) + std::exp(3.0);
  EXPECT_NEAR(token_probability(logits, 0), std::exp(1.0) / sum, 1e-6);
  EXPECT_NEAR(token_probability(logits, 2), std::exp(3.0) / sum, 1e-6);
  const std::vector<float> sure{-100.0F, 100.0F};
  EXPECT_NEAR(token_probability(sure, 0), 0.0, 1e-12);
  EXPECT_NEAR(token_probability(sure, 1), 1.0, 1e-12);
}

}  // namespace
}  // namespace eva::engine
