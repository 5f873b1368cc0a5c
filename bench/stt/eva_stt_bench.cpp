// Transcribes sound files and prints one line of JSON each, for stt_wer.py.
// usage: eva_stt_bench PACK_FOLDER THREADS ROUNDS FILE...
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "audio/sound_file.h"
#include "engine/whisper.h"

namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

int stop(const std::string& detail) {
  fmt::print(stderr, "eva_stt_bench: {}\n", detail);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) return stop("usage: eva_stt_bench PACK_FOLDER THREADS ROUNDS FILE...");
  const auto whisper =
      eva::engine::Whisper::load({.folder = argv[1], .threads = std::atoi(argv[2])});
  if (!whisper) return stop(whisper.error().detail);
  const int rounds = std::max(1, std::atoi(argv[3]));

  const auto first_file = argv + 4;
  for (const std::string& file : std::vector<std::string>(first_file, argv + argc)) {
    const auto sound = eva::audio::read_sound(file);
    if (!sound) return stop(sound.error().detail);
    if (sound->rate != 16'000) return stop(file + " is not at 16 kHz");
    eva::CancelToken cancel;
    eva::Result<eva::engine::Transcription> result;
    std::vector<double> times_ms;
    for (int round = 0; round < rounds; ++round) {
      const auto start = std::chrono::steady_clock::now();
      result = (*whisper)->transcribe(sound->pcm, {.language = "en"}, cancel);
      times_ms.push_back(Milliseconds(std::chrono::steady_clock::now() - start).count());
      if (!result) return stop(result.error().detail);
    }
    std::ranges::sort(times_ms);
    const nlohmann::json line{
        {"file", file},
        {"text", result->text},
        {"seconds", static_cast<double>(sound->pcm.size()) / sound->rate},
        {"ms", times_ms[times_ms.size() / 2]},
        {"no_speech", result->no_speech_probability},
        {"log_probability", result->average_log_probability},
        {"loop_cut", result->loop_cut},
    };
    fmt::print("{}\n", line.dump());
  }
  return 0;
}
