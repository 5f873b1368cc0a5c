#include "providers/pcm_stream.h"

#include <gmock/gmock.h>

#include "audio/wav.h"
#include "speech/tts.h"

namespace eva::providers {
namespace {
using testing::IsEmpty;

const std::vector<std::int16_t> kSamples = {0, 1, -1, 32767, -32768, 258, 12345};

std::string bytes_of(const std::vector<std::int16_t>& samples) {
  std::string bytes;
  for (const std::int16_t sample : samples) {
    bytes += static_cast<char>(sample & 0xFF);
    bytes += static_cast<char>(sample >> 8 & 0xFF);
  }
  return bytes;
}

std::string wav_file(const std::vector<std::int16_t>& samples, int rate = speech::kTtsRate) {
  return audio::wav_head(rate, samples.size()) + bytes_of(samples);
}

std::vector<std::int16_t> decode(std::string_view bytes, std::size_t chunk) {
  PcmStream stream;
  std::vector<std::int16_t> samples;
  for (std::size_t at = 0; at < bytes.size(); at += chunk) {
    EXPECT_TRUE(stream.push(bytes.substr(at, chunk), samples));
  }
  return samples;
}

TEST(PcmStream, JoinsSamplesThatChunksCutInTwo) {
  const std::string bytes = bytes_of(kSamples);
  for (std::size_t chunk = 1; chunk <= bytes.size(); ++chunk) {
    EXPECT_EQ(decode(bytes, chunk), kSamples) << chunk;
    EXPECT_EQ(decode(bytes + "x", chunk), kSamples) << "odd end, " << chunk;
  }
}

TEST(PcmStream, SkipsWavHeadsInAnyChunking) {
  const std::string file = wav_file(kSamples);
  const std::string size_unknown = std::string(4, '\xFF');
  std::string streamed = file;
  streamed.replace(4, 4, size_unknown).replace(40, 4, size_unknown);
  std::string with_list = file;  // a chunk of odd size, with its padding byte, before the samples
  with_list.insert(36, std::string("LIST\3\0\0\0abc\0", 12));
  const std::string with_tail = file + "LIST____junk";
  for (std::size_t chunk = 1; chunk <= with_list.size(); ++chunk) {
    EXPECT_EQ(decode(file, chunk), kSamples) << chunk;
    EXPECT_EQ(decode(streamed, chunk), kSamples) << chunk;
    EXPECT_EQ(decode(with_list, chunk), kSamples) << chunk;
    EXPECT_EQ(decode(with_tail, chunk), kSamples) << chunk;
  }
}

TEST(PcmStream, TakesOtherBytesAsSamples) {
  EXPECT_EQ(decode("RIFX", 1).size(), 2u);
  EXPECT_EQ(decode("RIFF1234ABCDxx", 3).size(), 7u);
  EXPECT_THAT(decode("", 1), IsEmpty());
}

TEST(PcmStream, RefusesAnotherFormatInAnyChunking) {
  std::string stereo = wav_file(kSamples);
  stereo[22] = 2;
  std::string bytes = wav_file(kSamples);
  bytes[34] = 8;
  for (const std::string& file : {wav_file(kSamples, 22'050), stereo, bytes}) {
    for (const std::size_t chunk : {std::size_t{1}, std::size_t{7}, file.size()}) {
      PcmStream stream;
      std::vector<std::int16_t> samples;
      Result<> result;
      for (std::size_t at = 0; at < file.size() && result; at += chunk) {
        result = stream.push(std::string_view(file).substr(at, chunk), samples);
      }
      ASSERT_FALSE(result);
      EXPECT_EQ(result.error().code, ErrorCode::kProtocol);
      EXPECT_THAT(samples, IsEmpty());
    }
  }
}

TEST(PcmStream, RefusesAHeadWithoutSamples) {
  PcmStream stream;
  std::vector<std::int16_t> samples;
  ASSERT_TRUE(stream.push(std::string("RIFF____WAVEjunk\0\0\1\0", 20), samples));
  const Result<> result = stream.push(std::string((64 << 10) + 1, 'j'), samples);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kProtocol);
  EXPECT_THAT(samples, IsEmpty());
}

}  // namespace
}  // namespace eva::providers
