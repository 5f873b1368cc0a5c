#include "cli/sound_stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "audio/wav.h"

namespace eva::cli {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

std::string samples(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values) {
    out += static_cast<char>(value & 0xFF);
    out += static_cast<char>(value >> 8 & 0xFF);
  }
  return out;
}

std::string number(std::uint32_t value, int size) {
  std::string out;
  for (int i = 0; i < size; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
  return out;
}

std::string wav(std::uint32_t kind, std::uint32_t channels, std::uint32_t rate, std::uint32_t bits,
                const std::string& data, const std::string& before_format = "") {
  return "RIFF" + number(0xFFFFFFFF, 4) + "WAVE" + before_format + "fmt " + number(16, 4) +
         number(kind, 2) + number(channels, 2) + number(rate, 4) +
         number(rate * channels * bits / 8, 4) + number(channels * bits / 8, 2) + number(bits, 2) +
         "data" + number(0xFFFFFFFF, 4) + data;
}

struct Read {
  std::vector<std::int16_t> pcm;
  int rate = 0;
  std::string error;
};

Read read(const std::string& stream, std::size_t piece) {
  SoundStream sound(16'000);
  Read result;
  for (std::size_t i = 0; i < stream.size(); i += piece) {
    const auto pushed = sound.push(bytes_of(std::string_view(stream).substr(i, piece)), result.pcm);
    if (!pushed) {
      result.error = pushed.error().detail;
      return result;
    }
  }
  if (const auto end = sound.end(); !end) result.error = end.error().detail;
  result.rate = sound.rate();
  return result;
}

TEST(SoundStream, RawAndWavInAnyPieces) {
  const std::string raw = samples({1, -2, 300, -30'000});
  const std::string list = "LIST" + number(5, 4) + "abcde" + std::string(1, '\0');
  for (const std::size_t piece : {1UL, 2UL, 3UL, 7UL, 1000UL}) {
    const auto plain = read(raw, piece);
    EXPECT_EQ(plain.pcm, (std::vector<std::int16_t>{1, -2, 300, -30'000}));
    EXPECT_EQ(plain.rate, 16'000);
    const auto mono = read(wav(1, 1, 48'000, 16, raw, list), piece);
    EXPECT_EQ(mono.pcm, plain.pcm);
    EXPECT_EQ(mono.rate, 48'000);
    const auto stereo = read(wav(1, 2, 8'000, 16, samples({10, 20, -100, -300})), piece);
    EXPECT_EQ(stereo.pcm, (std::vector<std::int16_t>{15, -200}));
    EXPECT_EQ(read(audio::wav_head(24'000) + raw, piece).pcm, plain.pcm);
  }
}

TEST(SoundStream, WhatCannotBeReadIsRefused) {
  const std::string data = samples({1, 2, 3, 4});
  EXPECT_NE(read(wav(3, 1, 16'000, 32, data), 5).error.find("16-bit PCM"), std::string::npos);
  EXPECT_NE(read(wav(1, 0, 16'000, 16, data), 5).error.find("0 channels"), std::string::npos);
  EXPECT_NE(read(wav(1, 1, 7'999, 16, data), 5).error.find("7999 Hz"), std::string::npos);
  EXPECT_NE(read("RIFF1234AVI abcdefgh", 5).error.find("not WAVE"), std::string::npos);
  EXPECT_NE(read("RIFF1234WAVEdata1234", 5).error.find("no format"), std::string::npos);
  EXPECT_NE(read("RIFF1234WAVEfmt " + number(70'000, 4), 5).error.find("damaged"),
            std::string::npos);
  EXPECT_EQ(read(wav(1, 1, 16'000, 16, ""), 5).error, "the stream is empty");
  EXPECT_EQ(read("", 5).error, "the stream is empty");
  EXPECT_NE(read("R", 5).error.find("ended before"), std::string::npos);
}

}  // namespace
}  // namespace eva::cli
