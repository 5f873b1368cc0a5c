#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <numbers>
#include <random>

#include "audio/g711.h"
#include "audio/resampler.h"
#include "audio/sound_file.h"
#include "audio/wav.h"

namespace eva::audio {
namespace {

std::vector<std::int16_t> sine(double hz, int rate, int samples) {
  std::vector<std::int16_t> out;
  for (int i = 0; i < samples; ++i) {
    out.push_back(
        static_cast<std::int16_t>(10'000 * std::sin(2 * std::numbers::pi * hz * i / rate)));
  }
  return out;
}

double rms(std::span<const std::int16_t> pcm) {
  double sum = 0;
  for (const auto s : pcm) sum += static_cast<double>(s) * s;
  return std::sqrt(sum / static_cast<double>(pcm.size()));
}

struct Rates {
  int from;
  int to;
};
void PrintTo(const Rates& rates, std::ostream* out) {
  *out << rates.from << " to " << rates.to;
}
class ResamplerRates : public testing::TestWithParam<Rates> {};

TEST_P(ResamplerRates, KeepsLengthPhaseAndLevelOfATone) {
  const auto [from, to] = GetParam();
  const auto out = resample(sine(440, from, from), from, to);
  ASSERT_EQ(out.size(), static_cast<std::size_t>(to));
  const auto want = sine(440, to, to);
  std::vector<std::int16_t> difference;
  for (std::size_t i = 200; i < want.size() - 200; ++i) {
    difference.push_back(static_cast<std::int16_t>(out[i] - want[i]));
  }
  EXPECT_LT(rms(difference), 30);  // -47 dB: no delay, no gain
}

TEST_P(ResamplerRates, TheOutputDoesNotDependOnTheChunks) {
  const auto [from, to] = GetParam();
  std::mt19937 random(1);
  std::vector<std::int16_t> in(static_cast<std::size_t>(from));
  for (auto& s : in) s = static_cast<std::int16_t>(random());
  const auto whole = resample(in, from, to);
  Resampler resampler(from, to);
  std::vector<std::int16_t> pieces;
  std::uniform_int_distribution<std::size_t> length(0, 700);
  for (std::size_t at = 0; at < in.size();) {
    const std::size_t n = std::min(length(random), in.size() - at);
    resampler.process(std::span(in).subspan(at, n), pieces);
    at += n;
  }
  resampler.flush(pieces);
  EXPECT_EQ(pieces, whole);
}

INSTANTIATE_TEST_SUITE_P(All, ResamplerRates,
                         testing::Values(Rates{8000, 16000}, Rates{16000, 16000},
                                         Rates{24000, 16000}, Rates{48000, 16000},
                                         Rates{24000, 8000}, Rates{22050, 24000}));

TEST(Resampler, ToneAboveTheNewNyquistIsRemoved) {
  const auto out = resample(sine(10'000, 48'000, 48'000), 48'000, 16'000);
  EXPECT_LT(rms(std::span(out).subspan(100, 15'000)), 10);
}

TEST(G711, ReferenceValues) {  // ITU-T G.711 tables 1a and 2a, scaled to 16 bits
  EXPECT_EQ(encode_mulaw(0), 0xff);
  EXPECT_EQ(encode_mulaw(32767), 0x80);
  EXPECT_EQ(encode_mulaw(-32768), 0x00);
  EXPECT_EQ(decode_mulaw(0x80), 32124);
  EXPECT_EQ(decode_mulaw(0xff), 0);
  EXPECT_EQ(encode_alaw(0), 0xd5);
  EXPECT_EQ(encode_alaw(32767), 0xaa);
  EXPECT_EQ(encode_alaw(-32768), 0x2a);
  EXPECT_EQ(decode_alaw(0xaa), 32256);
  EXPECT_EQ(decode_alaw(0xd5), 8);
}

TEST(G711, EveryCodeSurvivesARoundTripAndEverySampleStaysNear) {
  for (int code = 0; code < 256; ++code) {
    const auto c = static_cast<std::uint8_t>(code);
    const std::uint8_t want = code == 0x7f ? 0xff : c;  // 0x7f is minus zero
    EXPECT_EQ(encode_mulaw(decode_mulaw(c)), want);
    EXPECT_EQ(encode_alaw(decode_alaw(c)), c);
  }
  for (int s = -32768; s <= 32767; ++s) {
    const auto sample = static_cast<std::int16_t>(s);
    const double bound = 16 + std::abs(s) * 0.04;
    EXPECT_NEAR(decode_mulaw(encode_mulaw(sample)), s, bound + (std::abs(s) > 32000 ? 700 : 0));
    EXPECT_NEAR(decode_alaw(encode_alaw(sample)), s, bound);
  }
}

TEST(SoundFile, WritesAndReadsBack) {
  const auto path = std::filesystem::path(testing::TempDir()) /
                    ("eva-audio-" + std::to_string(getpid()) + ".wav");
  const std::vector<std::vector<std::int16_t>> channels{{100, 200, 300}, {100, 400}};
  ASSERT_TRUE(write_wav(path, 16'000, channels));
  const auto sound = read_sound(path);
  ASSERT_TRUE(sound) << sound.error().detail;
  EXPECT_EQ(sound->rate, 16'000);
  EXPECT_EQ(sound->pcm, (std::vector<std::int16_t>{100, 300, 150}));
  std::filesystem::remove(path);
}

TEST(SoundFile, ReadsFloatFilesAtTheirLevel) {
  const auto path = std::filesystem::path(testing::TempDir()) /
                    ("eva-float-" + std::to_string(getpid()) + ".wav");
  // 16 kHz, mono, IEEE float: half of full scale, beyond it, and not a number.
  const float samples[] = {0.5F, -0.5F, 7.0F, std::nanf("")};
  std::string head = wav_head(16'000, std::size(samples) * 2);
  head[20] = 3;  // IEEE float
  head[28] = static_cast<char>(64'000 & 0xFF);
  head[29] = static_cast<char>(64'000 >> 8 & 0xFF);
  head[30] = 0;
  head[32] = 4;   // bytes of a frame
  head[34] = 32;  // bits of a sample
  std::ofstream(path, std::ios::binary)
      << head << std::string_view(reinterpret_cast<const char*>(samples), sizeof samples);
  const auto sound = read_sound(path);
  ASSERT_TRUE(sound) << sound.error().detail;
  EXPECT_EQ(sound->pcm, (std::vector<std::int16_t>{16'384, -16'384, 32'767, 0}));
  std::filesystem::remove(path);
}

TEST(SoundFile, RefusesWhatIsNoSound) {
  EXPECT_EQ(read_sound("/nonexistent.wav").error().code, ErrorCode::kNotFound);
  const auto path = std::filesystem::path(testing::TempDir()) /
                    ("eva-garbage-" + std::to_string(getpid()) + ".wav");
  std::ofstream(path) << "RIFF\xff\xff\xff\x7fWAVEfmt \x10 garbage";
  const auto sound = read_sound(path);
  ASSERT_FALSE(sound);
  EXPECT_EQ(sound.error().code, ErrorCode::kBadInput);
  EXPECT_FALSE(write_wav("/nonexistent/x.wav", 16'000, {}).has_value());
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace eva::audio
