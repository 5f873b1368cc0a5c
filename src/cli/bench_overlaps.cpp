// `eva bench turns`, the part about speech over Eva.
#include "cli/bench_overlaps.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>

#include "audio/resampler.h"
#include "bench/direct_engines.h"
#include "bench/overlap_call.h"
#include "bench/stimuli.h"
#include "cli/packs.h"
#include "io/event_loop.h"
#include "server/session_defaults.h"
#include "turn/words.h"

namespace eva::cli {
namespace {

using bench::OverlapKind;

constexpr std::string_view kSpeech =
    "Welcome to the town museum. Today we are open until six in the evening. The new exhibition "
    "shows paintings from the nineteenth century, and there is a guided tour every hour. If you "
    "like, I can tell you more about the painters, about the price of the tickets, or about the "
    "way to get here by train. The cafe on the ground floor serves soup and fresh bread.";
constexpr Duration kAt[] = {1200ms, 5100ms};  // after her first word

double ms(Duration d) {
  return static_cast<double>(d.count()) / 1000;
}

std::string quantiles(std::vector<double> values) {
  if (values.empty()) return "none";
  std::ranges::sort(values);
  const auto at = [&](double share) {
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
  };
  return fmt::format("p50 {:.0f}, p95 {:.0f}, max {:.0f} ms", at(0.5), at(0.95), values.back());
}

// Whose words the conversation keeps against those that can be heard, by the recogniser.
int words_apart(const engine::Whisper& whisper, const bench::OverlapResult& result) {
  CancelToken never;
  const auto heard =
      whisper.transcribe(audio::resample(result.heard, session::Playout::kRate, bench::kRate),
                         {.language = "en"}, never);
  if (!heard) return 0;
  return static_cast<int>(turn::words_of(result.kept).size()) -
         static_cast<int>(turn::words_of(heard->text).size());
}

struct Tally {
  int calls = 0;
  int stopped = 0;
  int paused = 0;  // went on, but with a silence of more than 300 ms
  std::vector<double> silent, announced, pause;
  std::vector<int> apart;
};

void print(const char* title, OverlapKind kind, const Tally& t) {
  const auto share = [&](int n) { return 100.0 * n / std::max(t.calls, 1); };
  if (kind == OverlapKind::kInterruption) {
    fmt::print("{}: {} calls, stopped {:.0f} %\n", title, t.calls, share(t.stopped));
    fmt::print("  her voice is gone after    {}\n", quantiles(t.silent));
    fmt::print("  the client is told after   {}\n", quantiles(t.announced));
    int within = 0;
    for (const int apart : t.apart) within += std::abs(apart) <= 1 ? 1 : 0;
    fmt::print("  words kept are those heard, within one word: {} of {}\n", within, t.apart.size());
  } else {
    fmt::print("{}: {} calls, stopped {:.0f} %, a pause over 300 ms {:.0f} %, selectivity {:.2f}\n",
               title, t.calls, share(t.stopped), share(t.paused),
               1 - static_cast<double>(t.stopped + t.paused) / std::max(t.calls, 1));
    fmt::print("  pauses of those that went on: {}\n", quantiles(t.pause));
  }
}

}  // namespace

Result<> bench_overlaps(const config::Config& config, const std::filesystem::path& audio,
                        bool verbose) {
  const auto vad = vad::SileroModel::load(vad_model_file(config));
  if (!vad) return std::unexpected(vad.error());
  const auto whisper =
      engine::Whisper::load({.folder = pack_folder(config, config.engine.stt_model)});
  if (!whisper) return std::unexpected(whisper.error());
  const auto voice = engine::load_piper({.folder = pack_folder(config, config.engine.voice),
                                         .lexicon = "",
                                         .variation = engine::Variation::kNone});
  if (!voice) return std::unexpected(voice.error());
  const auto other = engine::make_flite_voice();
  const std::array<const engine::Voice*, 2> voices{voice->get(), other.get()};
  const auto clips = bench::overlap_clips(audio, voices);
  if (!clips) return std::unexpected(clips.error());

  io::EventLoop loop;  // its clock
  const auto lexicon = server::lexicon(config);
  bench::DirectTts::Spoken spoken;
  std::array<Tally, 3> tallies;
  std::size_t done = 0;
  const bool terminal = isatty(STDERR_FILENO) != 0;
  for (const bench::OverlapClip& clip : *clips) {
    for (const Duration at : kAt) {
      sim::World world;
      bench::DirectStt stt(world, **whisper, [&loop] { return loop.now(); });
      bench::DirectTts tts(world, **voice, spoken);
      bench::SilentLlm llm;
      auto settings = server::session_settings(config);
      settings.turn_detection->create_response = false;
      const auto result = bench::overlap_call(
          world, server::session_parts(config, **vad, false, lexicon, settings, "bench"),
          {stt, llm, tts}, std::string(kSpeech), clip, at);
      Tally& tally = tallies[static_cast<std::size_t>(clip.kind)];
      ++tally.calls;
      tally.stopped += result.stopped ? 1 : 0;
      if (!result.stopped) {
        tally.pause.push_back(ms(result.pause));
        tally.paused += result.pause > 300ms ? 1 : 0;
      }
      if (clip.kind == OverlapKind::kInterruption && result.stopped) {
        tally.silent.push_back(result.silent ? ms(*result.silent) : 1e9);
        tally.announced.push_back(ms(result.announced.value_or(Duration{})));
        tally.apart.push_back(words_apart(**whisper, result));
      }
      if (verbose) {
        fmt::print("{:<32} {:>5} {} silent {:>5} told {:>5} pause {:>5}", clip.name.substr(0, 32),
                   to_ms(at), result.stopped ? "stopped" : "went on",
                   result.silent ? to_ms(*result.silent) : -1,
                   result.announced ? to_ms(*result.announced) : -1, to_ms(result.pause));
        for (const auto& overlap : result.overlaps) {
          fmt::print(" [{} {}: {}]", to_ms(overlap.start), overlap.stopped ? "stop" : "go on",
                     fmt::join(overlap.words, " | "));
        }
        fmt::print("\n");
      }
    }
    ++done;
    if (terminal) fmt::print(stderr, "\rspeaking over Eva: {} of {}", done, clips->size());
  }
  if (terminal) fmt::print(stderr, "\n");
  print("interruptions", OverlapKind::kInterruption, tallies[0]);
  print("backchannels ", OverlapKind::kBackchannel, tallies[1]);
  print("noises       ", OverlapKind::kNoise, tallies[2]);
  return {};
}

}  // namespace eva::cli
