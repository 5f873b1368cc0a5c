// Speaks the lines of standard input and prints one JSON line for each: characters, milliseconds to
// the first audio and to the last, CPU milliseconds, seconds of audio, resident memory afterwards.
// The audio goes to OUT/NNN.wav.
#include <fmt/format.h>
#include <time.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "audio/sound_file.h"
#include "engine/voice.h"

namespace {

using SteadyClock = std::chrono::steady_clock;

double ms_since(SteadyClock::time_point start) {
  return std::chrono::duration<double, std::milli>(SteadyClock::now() - start).count();
}

/// Of all threads; unlike the wall clock it does not depend on what else the machine does.
double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double resident_mb() {
  std::ifstream statm("/proc/self/statm");
  long total = 0;
  long resident = 0;
  statm >> total >> resident;
  return static_cast<double>(resident * sysconf(_SC_PAGESIZE)) / 1e6;
}

struct Options {
  std::string voice = "joe";
  std::string models;
  std::string lexicon;
  std::string out;
  int threads = 1;
  int repeat = 1;
  double speed = 1;
  bool same = false;
};

eva::Result<std::unique_ptr<eva::engine::Voice>> load(const Options& options) {
  if (options.voice == "flite") return eva::engine::make_flite_voice();
  return eva::engine::load_piper({.folder = options.models + "/piper-en_US-joe-medium",
                                  .lexicon = options.lexicon,
                                  .threads = options.threads,
                                  .variation = options.same ? eva::engine::Variation::kNone
                                                            : eva::engine::Variation::kNatural});
}

struct Spoken {
  double first_ms = 0;
  double total_ms = 0;
  double cpu_ms = 0;
  std::size_t chunks = 0;
  std::vector<std::int16_t> pcm;
};

eva::Result<Spoken> speak(const eva::engine::Voice& voice, const std::string& line, double speed) {
  Spoken spoken;
  eva::CancelToken cancel;
  const double cpu_start = cpu_ms();
  const SteadyClock::time_point start = SteadyClock::now();
  const eva::Result<> result = voice.speak(
      line, speed,
      [&](std::span<const std::int16_t> pcm) {
        if (spoken.chunks++ == 0) spoken.first_ms = ms_since(start);
        spoken.pcm.insert(spoken.pcm.end(), pcm.begin(), pcm.end());
        return true;
      },
      cancel);
  spoken.total_ms = ms_since(start);
  spoken.cpu_ms = cpu_ms() - cpu_start;
  if (!result) return std::unexpected(result.error());
  return spoken;
}

int run(const Options& options) {
  const SteadyClock::time_point start = SteadyClock::now();
  const auto voice = load(options);
  if (!voice) {
    std::cerr << voice.error().detail << '\n';
    return 1;
  }
  std::cout << nlohmann::json{{"load_ms", ms_since(start)}, {"rss_mb", resident_mb()}} << '\n';
  std::string line;
  for (int number = 0; std::getline(std::cin, line); ++number) {
    for (int round = 0; round < options.repeat; ++round) {
      const eva::Result<Spoken> spoken = speak(**voice, line, options.speed);
      if (!spoken) {
        std::cerr << spoken.error().detail << '\n';
        return 1;
      }
      const double seconds = static_cast<double>(spoken->pcm.size()) / eva::engine::kVoiceRate;
      std::cout << nlohmann::json{{"line", number},
                                  {"chars", line.size()},
                                  {"chunks", spoken->chunks},
                                  {"first_ms", spoken->first_ms},
                                  {"total_ms", spoken->total_ms},
                                  {"cpu_ms", spoken->cpu_ms},
                                  {"audio_s", seconds},
                                  {"rss_mb", resident_mb()}}
                << '\n';
      if (options.out.empty() || round > 0) continue;
      const auto written = eva::audio::write_wav(fmt::format("{}/{:03}.wav", options.out, number),
                                                 eva::engine::kVoiceRate, {&spoken->pcm, 1});
      if (!written) {
        std::cerr << written.error().detail << '\n';
        return 1;
      }
    }
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (const char* folder = std::getenv("EVA_MODELS_DIR")) {
    options.models = folder;
  } else if (const char* home = std::getenv("HOME")) {
    options.models = std::string(home) + "/.cache/eva/models";
  }
  CLI::App app{"Measures Eva's voices: lines on standard input, JSON lines on standard output."};
  app.add_option("--voice", options.voice, "joe or flite")->check(CLI::IsMember({"joe", "flite"}));
  app.add_option("--models", options.models, "folder of the model packs");
  app.add_option("--lexicon", options.lexicon, "pronunciation file");
  app.add_option("--out", options.out, "existing folder for the WAV files");
  app.add_option("--threads", options.threads, "threads of one clause");
  app.add_option("--repeat", options.repeat, "how often each line is spoken");
  app.add_option("--speed", options.speed, "0.25 to 4");
  app.add_flag("--same", options.same, "no random variation");
  CLI11_PARSE(app, argc, argv);
  return run(options);
}
