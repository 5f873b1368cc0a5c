#include "engine/speech_guard.h"

#include <gtest/gtest.h>

namespace eva::engine {
namespace {

constexpr double kThreshold = 0.56;

TEST(SpeechGuardTest, JudgesByEvidence) {
  struct Row {
    std::string_view text;
    double no_speech;
    double log_probability;
    bool speech;
  };
  // Rows with file names are what tiny.en gave for that recording.
  const Row rows[] = {
      {"", 0.0, 0.0, false},
      {"What a spiteful thing I am.", 0.18, -0.19, true},  // 3331-159605-0004
      {"D", 0.557, -0.81, true},                           // alnum/d
      {"e", 0.333, -1.95, true},                           // alnum/e
      {"You", 0.48, -0.53, true},                          // alnum/u
      {"Thank you.", 0.2, -0.3, true},
      {"you", 0.852, -0.82, false},                               // ding1
      {"Oh", 0.503, -1.34, false},                                // baby cry 1-187207
      {"Thank you.", 0.575, -0.83, false},                        // sneeze 1-26143
      {"We can't wait to get out of here.", 0.779, -0.6, false},  // sb_noise5
      {"Thank you!", 0.45, -0.8, true},
      {"Thank you!", 0.45, -1.1, false},
      {"Thanks to you", 0.45, -1.1, true},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(is_speech(row.text, {row.no_speech, row.log_probability}, kThreshold), row.speech)
        << row.text << " " << row.no_speech;
  }
}

TEST(SpeechGuardTest, ThresholdBelongsToTheModel) {
  EXPECT_FALSE(is_speech("Okay.", {0.65, -1.0}, 0.56));
  EXPECT_TRUE(is_speech("Okay.", {0.65, -1.0}, 0.70));
}

}  // namespace
}  // namespace eva::engine
