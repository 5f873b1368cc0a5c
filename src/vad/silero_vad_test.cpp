#include "vad/silero_vad.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "audio/sound_file.h"
#include "tensor/test_models.h"
#include "tensor/tiny_onnx.h"

namespace eva::vad {
namespace {

std::filesystem::path model_file() {
  return tensor::test_models() / "silero-vad-v6" / "silero_vad_16k.onnx";
}

std::vector<float> probabilities(Vad& vad, const std::string& clip) {
  const auto sound = audio::read_sound("tests/audio/" + clip);
  EXPECT_TRUE(sound) << sound.error().detail;
  std::vector<float> all;
  for (std::size_t at = 0; sound && at + kWindow <= sound->pcm.size(); at += kWindow) {
    all.push_back(vad.speech_probability(std::span(sound->pcm).subspan(at, kWindow)));
  }
  return all;
}

auto speech_windows(const std::vector<float>& all) {
  return std::count_if(all.begin(), all.end(), [](float p) { return p > 0.5F; });
}

// The expected numbers come from the package's own silero_vad_16k_op15.onnx, run from Python with
// the context; without it no window of any of the clips passes 0.1.
TEST(SileroVadTest, HearsSpeech) {
  EVA_SKIP_WITHOUT(model_file());
  const auto model = SileroModel::load(model_file());
  ASSERT_TRUE(model) << model.error().detail;
  SileroVad vad(**model);

  const auto all = probabilities(vad, "goforward.flac");
  ASSERT_EQ(all.size(), 87U);
  EXPECT_EQ(speech_windows(all), 54);
  EXPECT_NEAR(all[0], 0.0425F, 1e-3F);
  EXPECT_NEAR(all[10], 0.0041F, 1e-3F);
  EXPECT_NEAR(all[20], 0.9996F, 1e-3F);
  EXPECT_NEAR(all[40], 0.6154F, 1e-3F);
}

TEST(SileroVadTest, IgnoresASneeze) {
  EVA_SKIP_WITHOUT(model_file());
  const auto model = SileroModel::load(model_file());
  ASSERT_TRUE(model) << model.error().detail;
  SileroVad vad(**model);
  const auto all = probabilities(vad, "esc10_person_sneeze_1-31748-A.flac");
  EXPECT_EQ(all.size(), 156U);
  EXPECT_EQ(speech_windows(all), 0);
}

TEST(SileroVadTest, ResetForgetsAndStreamsAreIndependent) {
  EVA_SKIP_WITHOUT(model_file());
  const auto model = SileroModel::load(model_file());
  ASSERT_TRUE(model) << model.error().detail;
  SileroVad first(**model);
  const auto fresh = probabilities(first, "axb_a0005.flac");
  SileroVad second(**model);
  probabilities(second, "goforward.flac");
  second.reset();
  EXPECT_EQ(probabilities(second, "axb_a0005.flac"), fresh);
  EXPECT_EQ(speech_windows(fresh), 40);
}

TEST(SileroVadTest, RefusesOtherFiles) {
  const auto missing = SileroModel::load("/nowhere/silero.onnx");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);

  const auto file = std::filesystem::temp_directory_path() /
                    ("eva_silero_test_" + std::to_string(::getpid()) + ".onnx");
  std::ofstream(file, std::ios::binary) << tensor::chain_model("Add", 1, 1, 576);
  const auto other = SileroModel::load(file);
  std::filesystem::remove(file);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kBadConfig);
}

}  // namespace
}  // namespace eva::vad
