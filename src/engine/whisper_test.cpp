// Whisper on real recordings; skipped where the packs are not installed.
#include "engine/whisper.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <thread>

#include "audio/sound_file.h"
#include "tensor/test_models.h"

namespace eva::engine {
namespace {

std::filesystem::path english_pack() {
  return tensor::test_models() / "whisper-tiny.en-int8";
}
std::filesystem::path multilingual_pack() {
  return tensor::test_models() / "whisper-base-int8";
}

std::vector<std::int16_t> clip(const std::string& name) {
  const auto sound = audio::read_sound("tests/audio/" + name + ".flac");
  EXPECT_TRUE(sound) << sound.error().detail;
  return sound ? sound->pcm : std::vector<std::int16_t>{};
}

class WhisperTest : public ::testing::Test {
 protected:
  /// Loaded once for all tests of the process; null if the pack is not installed.
  static const Whisper* english() {
    static const auto loaded = Whisper::load({.folder = english_pack()});
    return loaded ? loaded->get() : nullptr;
  }
  static Transcription transcribe(std::span<const std::int16_t> pcm) {
    CancelToken cancel;
    const auto result = english()->transcribe(pcm, {}, cancel);
    EXPECT_TRUE(result) << result.error().detail;
    return result ? *result : Transcription{};
  }
};

TEST_F(WhisperTest, UnderstandsSpeech) {
  EVA_SKIP_WITHOUT(english_pack());
  struct Row {
    const char* name;
    const char* text;
  };
  for (const Row& row : {
           Row{"3331-159605-0004", "What a spiteful thing I am."},
           Row{"axb_a0005", "Will we ever forget it?"},
           Row{"goforward", "Go forward 10 meters."},
           Row{"cards_001", "10 of clubs"},
           Row{"seven_petewarden", "7"},
       }) {
    const Transcription result = transcribe(clip(row.name));
    EXPECT_EQ(result.text, row.text);
    EXPECT_EQ(result.language, "en");
    EXPECT_LT(result.no_speech_probability, 0.5) << row.name;
    EXPECT_GT(result.average_log_probability, -0.7) << row.name;
    EXPECT_LT(result.average_log_probability, 0.0) << row.name;
    EXPECT_FALSE(result.loop_cut) << row.name;
  }
}

TEST_F(WhisperTest, SameInputSameText) {
  EVA_SKIP_WITHOUT(english_pack());
  const auto pcm = clip("1688-142285-0003");
  const Transcription first = transcribe(pcm);
  EXPECT_NE(first.text.find("anything else he said"), std::string::npos) << first.text;
  const Transcription second = transcribe(pcm);
  EXPECT_EQ(first.text, second.text);
  EXPECT_EQ(first.average_log_probability, second.average_log_probability);
  EXPECT_EQ(first.no_speech_probability, second.no_speech_probability);
}

TEST_F(WhisperTest, HearsNothingInNoise) {
  EVA_SKIP_WITHOUT(english_pack());
  const Transcription sneeze = transcribe(clip("esc10_person_sneeze_1-31748-A"));
  EXPECT_EQ(sneeze.text, "");
  EXPECT_GT(sneeze.no_speech_probability, 0.3);

  std::mt19937 random(7);
  std::normal_distribution<double> normal(0, 500);
  std::vector<std::int16_t> hiss(3 * 16'000);
  for (std::int16_t& sample : hiss) sample = static_cast<std::int16_t>(normal(random));
  EXPECT_EQ(transcribe(hiss).text, "");
}

TEST_F(WhisperTest, HearsNothingInSilence) {
  EVA_SKIP_WITHOUT(english_pack());
  for (const std::size_t samples : {0, 1, 160, 16'000, 160'000}) {
    const Transcription result = transcribe(std::vector<std::int16_t>(samples));
    EXPECT_EQ(result.text, "") << samples;
    EXPECT_EQ(result.no_speech_probability, 1.0) << samples;
  }
  EXPECT_EQ(transcribe(std::vector<std::int16_t>(1, 1)).text, "");
  EXPECT_EQ(transcribe(std::vector<std::int16_t>(8'000, 1)).text, "") << "a constant offset";
}

TEST_F(WhisperTest, LongRecordingIsCutAndJoined) {
  EVA_SKIP_WITHOUT(english_pack());
  // 42 s: four times the same sentence with pauses between.
  const auto sentence = clip("1688-142285-0003");
  std::vector<std::int16_t> pcm;
  for (int i = 0; i < 4; ++i) {
    pcm.insert(pcm.end(), sentence.begin(), sentence.end());
    pcm.insert(pcm.end(), 16'000 * 11 / 2, 0);
  }
  const Transcription result = transcribe(pcm);
  int found = 0;
  const std::string phrase = "anything else he said";
  for (std::size_t at = result.text.find(phrase); at != std::string::npos;
       at = result.text.find(phrase, at + 1)) {
    ++found;
  }
  EXPECT_EQ(found, 4) << result.text;
}

TEST_F(WhisperTest, RefusesTooMuch) {
  EVA_SKIP_WITHOUT(english_pack());
  CancelToken cancel;
  const std::vector<std::int16_t> pcm(10 * 60 * 16'000 + 1);
  const auto result = english()->transcribe(pcm, {.language = "en"}, cancel);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kBadInput);
}

TEST_F(WhisperTest, Cancelled) {
  EVA_SKIP_WITHOUT(english_pack());
  const auto speech = clip("jfk");
  CancelToken before;
  before.cancel();
  const auto refused = english()->transcribe(speech, {.language = "en"}, before);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kCancelled);

  // Nine minutes of speech take far longer than the one clip after which it is cancelled.
  std::vector<std::int16_t> endless;
  while (endless.size() < 9 * 60 * 16'000)
    endless.insert(endless.end(), speech.begin(), speech.end());
  CancelToken during;
  std::jthread canceller([&] {
    transcribe(clip("goforward"));
    during.cancel();
  });
  const auto cancelled = english()->transcribe(endless, {.language = "en"}, during);
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().code, ErrorCode::kCancelled);
}

TEST_F(WhisperTest, ThreadsShareOneModel) {
  EVA_SKIP_WITHOUT(english_pack());
  std::string first;
  std::string second;
  {
    std::jthread one([&] { first = transcribe(clip("goforward")).text; });
    std::jthread two([&] { second = transcribe(clip("cards_001")).text; });
  }
  EXPECT_EQ(first, "Go forward 10 meters.");
  EXPECT_EQ(second, "10 of clubs");
}

TEST(MultilingualWhisperTest, DetectsOrTakesTheLanguage) {
  EVA_SKIP_WITHOUT(multilingual_pack());
  const auto whisper = Whisper::load({.folder = multilingual_pack()});
  ASSERT_TRUE(whisper) << whisper.error().detail;
  CancelToken cancel;
  const auto pcm = clip("goforward");
  const auto detected = (*whisper)->transcribe(pcm, {}, cancel);
  ASSERT_TRUE(detected) << detected.error().detail;
  EXPECT_EQ(detected->language, "en");
  EXPECT_EQ(detected->text, "Go forward 10 meters.");

  const auto given = (*whisper)->transcribe(pcm, {.language = "en"}, cancel);
  ASSERT_TRUE(given) << given.error().detail;
  EXPECT_EQ(given->text, detected->text);
  // Not equal: tokens fed together share one scale when their activations are quantised.
  EXPECT_NEAR(given->no_speech_probability, detected->no_speech_probability, 0.15);

  const auto german = (*whisper)->transcribe(pcm, {.language = "de"}, cancel);
  ASSERT_TRUE(german) << german.error().detail;
  EXPECT_EQ(german->language, "de");

  const auto unknown = (*whisper)->transcribe(pcm, {.language = "xx"}, cancel);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kBadInput);
}

TEST(WhisperLoadTest, MissingAndDamagedPacks) {
  const auto missing = Whisper::load({.folder = "/nowhere"});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);

  EVA_SKIP_WITHOUT(english_pack());
  const auto folder =
      std::filesystem::temp_directory_path() / ("eva_whisper_test_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  std::filesystem::copy_file(english_pack() / "whisper.json", folder / "whisper.json");
  const auto code = [&] {
    const auto loaded = Whisper::load({.folder = folder});
    return loaded ? std::string("loaded") : std::string(to_string(loaded.error().code));
  };
  EXPECT_EQ(code(), to_string(ErrorCode::kNotFound)) << "no tokens.txt";
  std::filesystem::copy_file(english_pack() / "tokens.txt", folder / "tokens.txt");
  EXPECT_EQ(code(), to_string(ErrorCode::kNotFound)) << "no encoder.onnx";
  std::ofstream(folder / "encoder.onnx") << "not a model";
  EXPECT_EQ(code(), to_string(ErrorCode::kBadConfig)) << "damaged encoder.onnx";
  for (const char* name : {"encoder.onnx", "decoder.onnx"}) {
    std::filesystem::copy_file(english_pack() / "encoder.onnx", folder / name,
                               std::filesystem::copy_options::overwrite_existing);
  }
  EXPECT_EQ(code(), to_string(ErrorCode::kBadConfig)) << "an encoder as decoder.onnx";
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace eva::engine
