// Both voices as their users meet them. Piper's tests need the model pack and are skipped without
// it.
#include "engine/voice.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <thread>
#include <vector>

namespace eva::engine {
namespace {

using Pcm = std::vector<std::int16_t>;

Result<Pcm> speak(const Voice& voice, const std::string& text, double speed = 1) {
  Pcm all;
  CancelToken cancel;
  const Result<> result = voice.speak(
      text, speed,
      [&](std::span<const std::int16_t> pcm) {
        all.insert(all.end(), pcm.begin(), pcm.end());
        return true;
      },
      cancel);
  if (!result) return std::unexpected(result.error());
  return all;
}

double seconds_of(const Pcm& pcm) {
  return static_cast<double>(pcm.size()) / kVoiceRate;
}

double rms(const Pcm& pcm) {
  double energy = 0;
  for (const std::int16_t x : pcm) energy += static_cast<double>(x) * x;
  return std::sqrt(energy / static_cast<double>(pcm.size()));
}

/// What holds for every clause: speech at a decent level, quiet ends.
void expect_speech(const Pcm& pcm, double seconds_min, double seconds_max) {
  EXPECT_GT(seconds_of(pcm), seconds_min);
  EXPECT_LT(seconds_of(pcm), seconds_max);
  ASSERT_FALSE(pcm.empty());
  EXPECT_GT(rms(pcm), 500);
  EXPECT_LT(std::abs(pcm.front()), 100);
  EXPECT_LT(std::abs(pcm.back()), 100);
}

constexpr const char* kSentence = "Your table is booked for seven this evening.";

TEST(FliteVoiceTest, Speaks) {
  const std::unique_ptr<Voice> voice = make_flite_voice();
  EXPECT_EQ(voice->name(), "flite");
  const Result<Pcm> pcm = speak(*voice, kSentence);
  ASSERT_TRUE(pcm.has_value());
  expect_speech(*pcm, 1.5, 5);
  const Result<Pcm> fast = speak(*voice, kSentence, 2);
  ASSERT_TRUE(fast.has_value());
  EXPECT_LT(seconds_of(*fast), 0.7 * seconds_of(*pcm));
  EXPECT_TRUE(speak(*voice, "😀")->empty());
}

TEST(FliteVoiceTest, ThreadsTakeTurns) {
  const std::unique_ptr<Voice> voice = make_flite_voice();
  const double expected = seconds_of(*speak(*voice, kSentence));
  std::vector<Pcm> heard(3);
  std::vector<std::jthread> threads;
  for (Pcm& pcm : heard) {
    threads.emplace_back([&] { pcm = speak(*voice, kSentence).value_or(Pcm{}); });
  }
  threads.clear();  // joins
  // slt excites its filter with noise, so no two runs agree sample by sample, nor quite in where
  // the silence begins.
  for (const Pcm& pcm : heard) EXPECT_NEAR(seconds_of(pcm), expected, 0.15);
}

class PiperTest : public testing::Test {
 protected:
  static std::filesystem::path folder() {
    if (const char* models = std::getenv("EVA_MODELS_DIR")) {
      return std::filesystem::path(models) / "piper-en_US-joe-medium";
    }
    const char* home = std::getenv("HOME");
    return std::filesystem::path(home ? home : "") / ".cache/eva/models/piper-en_US-joe-medium";
  }

  static void SetUpTestSuite() {
    if (!std::filesystem::exists(folder() / "model.onnx")) return;
    Result<std::unique_ptr<Voice>> loaded =
        load_piper({.folder = folder(), .lexicon = "", .variation = Variation::kNone});
    ASSERT_TRUE(loaded.has_value()) << loaded.error().detail;
    voice_ = std::move(*loaded);
  }
  static void TearDownTestSuite() { voice_.reset(); }

  void SetUp() override {
    if (voice_ == nullptr) GTEST_SKIP() << "no model pack at " << folder();
  }

  static inline std::unique_ptr<Voice> voice_;
};

TEST_F(PiperTest, Speaks) {
  EXPECT_EQ(voice_->name(), "joe");
  const Result<Pcm> pcm = speak(*voice_, kSentence);
  ASSERT_TRUE(pcm.has_value());
  expect_speech(*pcm, 1.5, 4);
}

TEST_F(PiperTest, WithoutVariationItIsAlwaysTheSame) {
  EXPECT_EQ(*speak(*voice_, "Sure."), *speak(*voice_, "Sure."));
}

TEST_F(PiperTest, SpeedChangesTheLength) {
  const double normal = seconds_of(*speak(*voice_, kSentence));
  EXPECT_LT(seconds_of(*speak(*voice_, kSentence, 2)), 0.7 * normal);
  EXPECT_GT(seconds_of(*speak(*voice_, kSentence, 0.5)), 1.5 * normal);
}

TEST_F(PiperTest, EveryClauseComesAsSoonAsItIsMade) {
  std::vector<std::size_t> chunks;
  CancelToken cancel;
  const Result<> result = voice_->speak(
      "One. Two. Three.", 1,
      [&](std::span<const std::int16_t> pcm) {
        chunks.push_back(pcm.size());
        return chunks.size() < 2;
      },
      cancel);
  EXPECT_TRUE(result.has_value());
  EXPECT_EQ(chunks.size(), 2U);  // the third was never made
}

TEST_F(PiperTest, SlowSpeechComesInPartsOfBoundedLength) {
  std::string text = "The quick brown fox jumps over the lazy dog while";
  for (int i = 0; i < 2; ++i) text += " the quick brown fox jumps over the lazy dog while";
  std::vector<double> seconds;
  CancelToken cancel;
  const Result<> result = voice_->speak(
      text, 0.25,
      [&](std::span<const std::int16_t> pcm) {
        seconds.push_back(static_cast<double>(pcm.size()) / kVoiceRate);
        return true;
      },
      cancel);
  ASSERT_TRUE(result.has_value());
  ASSERT_GE(seconds.size(), 3U);
  EXPECT_LT(*std::max_element(seconds.begin(), seconds.end()), 15);
}

TEST_F(PiperTest, CancellingEndsTheSpeech) {
  CancelToken cancel;
  std::size_t chunks = 0;
  const Result<> result = voice_->speak(
      "One. Two. Three.", 1,
      [&](std::span<const std::int16_t>) {
        ++chunks;
        cancel.cancel();
        return true;
      },
      cancel);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(chunks, 1U);
  EXPECT_TRUE(speak(*voice_, "Sure.").has_value());  // the voice stays usable
}

TEST_F(PiperTest, DigitsThatSwellAreSpokenInParts) {
  const Result<Pcm> pcm = speak(*voice_, std::string(80, '7'));
  ASSERT_TRUE(pcm.has_value());
  EXPECT_GT(seconds_of(*pcm), 15);
}

TEST_F(PiperTest, ThreadsShareTheVoice) {
  const Pcm expected = *speak(*voice_, "Sure.");
  std::vector<Pcm> heard(3);
  std::vector<std::jthread> threads;
  for (Pcm& pcm : heard) {
    threads.emplace_back([&] { pcm = speak(*voice_, "Sure.").value_or(Pcm{}); });
  }
  threads.clear();  // joins
  for (const Pcm& pcm : heard) EXPECT_EQ(pcm, expected);
}

TEST(LoadPiperTest, SaysWhatIsMissing) {
  const auto no_pack = load_piper({.folder = "no/such/folder", .lexicon = ""});
  ASSERT_FALSE(no_pack.has_value());
  EXPECT_EQ(no_pack.error().code, ErrorCode::kNotFound);
  const auto no_lexicon = load_piper({.folder = "no/such/folder", .lexicon = "no/words.txt"});
  ASSERT_FALSE(no_lexicon.has_value());
  EXPECT_NE(no_lexicon.error().detail.find("no/words.txt"), std::string::npos);
}

}  // namespace
}  // namespace eva::engine
