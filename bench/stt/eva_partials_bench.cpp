// Hears sound files as if they were spoken now, and prints one line of JSON each about the partial
// transcripts, for stt_partials.py. Time is the file's; each pass takes what it really takes.
// usage: eva_partials_bench PACK_FOLDER CHUNK_MS FILE...
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "audio/sound_file.h"
#include "engine/partial_transcriber.h"
#include "engine/whisper.h"

namespace {
using eva::Duration;
using eva::engine::PartialTranscriber;
using eva::engine::Transcription;
using eva::engine::Whisper;
using nlohmann::json;

int stop(const std::string& detail) {
  fmt::print(stderr, "eva_partials_bench: {}\n", detail);
  return 1;
}

double ms(Duration d) {
  return static_cast<double>(d.count()) / 1000;
}
Duration cpu() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return Duration(time.tv_sec * 1'000'000 + time.tv_nsec / 1000);
}

Transcription hear(const Whisper& whisper, const PartialTranscriber::Pass& pass) {
  eva::CancelToken cancel;
  auto heard = whisper.transcribe(pass.pcm, pass.hearing, cancel);
  if (!heard) std::exit(stop(heard.error().detail));
  return std::move(*heard);
}

json words_of(const std::vector<eva::speech::Word>& words) {
  json list = json::array();
  for (const auto& word : words) list.push_back({word.text, ms(word.start), ms(word.end)});
  return list;
}

json listen(const Whisper& whisper, std::span<const std::int16_t> pcm, std::size_t chunk) {
  PartialTranscriber partials("en");
  json commits = json::array();  // [ms of the clip, committed text so far]
  double first_tentative_ms = -1;
  Duration idle_from{};
  Duration pass_cpu{};
  int passes = 0;
  for (std::size_t at = 0; at < pcm.size(); at += chunk) {
    partials.push(pcm.subspan(at, std::min(chunk, pcm.size() - at)));
    const Duration now = partials.received();
    if (now < idle_from || !partials.is_due()) continue;
    const std::string before = partials.transcript().committed;
    const Duration cpu_before = cpu();
    const auto start = std::chrono::steady_clock::now();
    const Transcription heard = hear(whisper, partials.next());
    idle_from =
        now + std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - start);
    pass_cpu += cpu() - cpu_before;
    ++passes;
    if (idle_from > eva::samples_to_duration(std::ssize(pcm), 16'000)) break;  // too late
    partials.finish(heard);
    const auto& now_heard = partials.transcript();
    if (first_tentative_ms < 0 && !(now_heard.committed + now_heard.tentative).empty()) {
      first_tentative_ms = ms(idle_from);
    }
    if (now_heard.committed != before) commits.push_back({ms(idle_from), now_heard.committed});
  }
  const std::string shown = partials.transcript().committed;
  const Transcription forced = hear(whisper, {{pcm.begin(), pcm.end()}, {"en", shown}});
  const Duration cpu_before = cpu();
  const Transcription free = hear(whisper, {{pcm.begin(), pcm.end()}, {"en", ""}});
  const Duration final_cpu = cpu() - cpu_before;
  const auto rest = partials.rest();
  return {{"seconds", static_cast<double>(pcm.size()) / 16'000},
          {"passes", passes},
          {"pass_cpu_ms", ms(pass_cpu)},
          {"final_cpu_ms", ms(final_cpu)},
          {"first_tentative_ms", first_tentative_ms},
          {"commits", commits},
          {"shown", shown},
          {"forced", forced.text},
          {"free", free.text},
          {"windowed", partials.complete(hear(whisper, rest).text)},
          {"words", words_of(free.words)}};
}
}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return stop("usage: eva_partials_bench PACK_FOLDER CHUNK_MS FILE...");
  const auto whisper = Whisper::load({.folder = argv[1]});
  if (!whisper) return stop(whisper.error().detail);
  const auto chunk = static_cast<std::size_t>(std::max(1, std::atoi(argv[2]))) * 16;
  for (const std::string& file : std::vector<std::string>(argv + 3, argv + argc)) {
    const auto sound = eva::audio::read_sound(file);
    if (!sound) return stop(sound.error().detail);
    if (sound->rate != 16'000) return stop(file + " is not at 16 kHz");
    json line = listen(**whisper, sound->pcm, chunk);
    line["file"] = file;
    fmt::print("{}\n", line.dump());
  }
  return 0;
}
