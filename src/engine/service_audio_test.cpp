#include "engine/service_audio.h"

#include <gtest/gtest.h>
#include <sndfile.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "audio/wav.h"

namespace eva::engine {
namespace {

/// One second of a 440 Hz tone at a quarter of full scale, the same on all channels.
std::string tone(int format, int rate, int channels, double seconds = 1.0) {
  std::string path = testing::TempDir() + "eva-tone-" + std::to_string(getpid());
  SF_INFO info{};
  info.format = format;
  info.samplerate = rate;
  info.channels = channels;
  SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
  EXPECT_NE(file, nullptr) << sf_strerror(nullptr);
  std::vector<float> frame(static_cast<std::size_t>(channels));
  for (int i = 0; i < static_cast<int>(rate * seconds); ++i) {
    std::ranges::fill(frame, static_cast<float>(0.25 * std::sin(2 * M_PI * 440 * i / rate)));
    sf_writef_float(file, frame.data(), 1);
  }
  sf_close(file);
  std::ifstream in(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  std::filesystem::remove(path);
  return bytes;
}

/// Of the middle half, where no codec's edges disturb.
double rms(const std::vector<std::int16_t>& pcm) {
  double sum = 0;
  for (std::size_t i = pcm.size() / 4; i < pcm.size() * 3 / 4; ++i) sum += 1.0 * pcm[i] * pcm[i];
  return std::sqrt(sum / (static_cast<double>(pcm.size()) / 2));
}

TEST(DecodeUpload, ReadsEveryFormatRateAndChannelCount) {
  constexpr double kExpected = 32768 * 0.25 * M_SQRT1_2;
  const struct {
    const char* what;
    int format;
    int rate;
    int channels;
  } rows[] = {
      {"wav 16 k", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16'000, 1},
      {"wav 8 k mu-law", SF_FORMAT_WAV | SF_FORMAT_ULAW, 8'000, 1},
      {"wav 44.1 k float stereo", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 44'100, 2},
      {"wav 192 k 8 channels", SF_FORMAT_WAVEX | SF_FORMAT_PCM_24, 192'000, 8},
      {"flac 48 k", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 48'000, 2},
      {"ogg opus 48 k", SF_FORMAT_OGG | SF_FORMAT_OPUS, 48'000, 1},
      {"mp3 24 k", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 24'000, 1},
  };
  for (const auto& row : rows) {
    const auto pcm = decode_upload(tone(row.format, row.rate, row.channels));
    ASSERT_TRUE(pcm) << row.what << ": " << pcm.error().detail;
    EXPECT_NEAR(static_cast<double>(pcm->size()), 16'000, 1600) << row.what;
    EXPECT_NEAR(rms(*pcm), kExpected, kExpected * 0.05) << row.what;
  }
}

TEST(DecodeUpload, AStreamedWavEndsWhereItsDataEnds) {
  const auto pcm = decode_upload(audio::wav_head(16'000) + std::string(3200, '\x01'));
  ASSERT_TRUE(pcm) << pcm.error().detail;
  EXPECT_EQ(pcm->size(), 1600u);
  EXPECT_EQ(pcm->front(), 0x0101);
}

TEST(DecodeUpload, RefusesWhatIsTooLongWhateverItsHeadSays) {
  std::string wav = audio::wav_head(8'000);
  wav.append(std::size_t{2} * 8'000 * 600, '\0');
  EXPECT_TRUE(decode_upload(wav));
  wav.append(2, '\0');
  const auto refused = decode_upload(wav);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kBadInput);
}

TEST(DecodeUpload, RefusesWhatIsNoAudio) {
  std::string low_rate = audio::wav_head(16'000) + std::string(100, '\0');
  low_rate[24] = 16;  // 16 Hz
  low_rate[25] = 0;
  for (const std::string& bytes :
       {std::string(), std::string("RIFF"), std::string("hello, this is text"),
        audio::wav_head(16'000), low_rate, std::string("fLaC") + std::string(200, '\xFF'),
        std::string("OggS") + std::string(200, 'x'),
        tone(SF_FORMAT_OGG | SF_FORMAT_VORBIS, 22'050, 1),
        tone(SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 16'000, 1),
        std::string("ID3") + std::string(200, '\0'), std::string(500, '\xFF')}) {
    const auto pcm = decode_upload(bytes);
    ASSERT_FALSE(pcm) << bytes.substr(0, 8);
    EXPECT_EQ(pcm.error().code, ErrorCode::kBadInput);
  }
}

TEST(DecodeUpload, SurvivesDamagedFiles) {
  std::mt19937 random(3);
  for (const int format :
       {SF_FORMAT_WAV | SF_FORMAT_PCM_16, SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM,
        SF_FORMAT_FLAC | SF_FORMAT_PCM_16, SF_FORMAT_OGG | SF_FORMAT_VORBIS,
        SF_FORMAT_OGG | SF_FORMAT_OPUS, SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III}) {
    const std::string good = tone(format, 48'000, 1, 0.1);
    for (int i = 0; i < 60; ++i) {
      std::string bad = good;
      for (int k = 0; k < 4; ++k) {
        bad[random() % std::min<std::size_t>(bad.size(), 300)] = static_cast<char>(random());
      }
      if (i % 3 == 0) bad.resize(random() % bad.size());
      const auto pcm = decode_upload(bad);  // either way; only harm would be wrong
      if (pcm) {
        EXPECT_FALSE(pcm->empty());
      }
    }
  }
}

}  // namespace
}  // namespace eva::engine
