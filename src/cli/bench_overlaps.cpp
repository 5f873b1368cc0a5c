// `eva bench turns`, the part about speech over Eva.
#include "cli/bench_overlaps.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "cli/overlap_bench.h"

namespace eva::cli {
namespace {

using bench::OverlapKind;

struct Moment {
  Duration at;  // after her first word
  const char* name;
};
// In the first second of a call's first reply the echo guard knows least about the caller's room.
constexpr Moment kMoments[] = {{1200ms, "in her first words"}, {5100ms, "later"}};

struct Tally {
  int calls = 0;
  int stopped = 0;
  int paused = 0;  // went on, but with a silence of more than 300 ms
  std::array<std::vector<double>, std::size(kMoments)> silent, announced;
  std::vector<double> pause;
  int words = 0;  // calls in which the conversation keeps what was heard, within one word
};

double share(int part, int whole) {
  return 100.0 * part / std::max(whole, 1);
}

void print_interruptions(const Tally& t) {
  fmt::print("interruptions: {} calls, stopped {:.0f} %\n", t.calls, share(t.stopped, t.calls));
  for (std::size_t i = 0; i < std::size(kMoments); ++i) {
    fmt::print("  {}\n", kMoments[i].name);
    fmt::print("    her voice is gone after    {}\n", quantiles(t.silent[i]));
    fmt::print("    the client is told after   {}\n", quantiles(t.announced[i]));
  }
  fmt::print("  words kept are those heard, within one word: {} of {}\n", t.words, t.stopped);
}

void print_others(const char* title, const Tally& t) {
  fmt::print("{}: {} calls, stopped {:.0f} %, a pause over 300 ms {:.0f} %, selectivity {:.2f}\n",
             title, t.calls, share(t.stopped, t.calls), share(t.paused, t.calls),
             1 - static_cast<double>(t.stopped + t.paused) / std::max(t.calls, 1));
  fmt::print("  pauses of those that went on: {}\n", quantiles(t.pause));
}

void print_call(const bench::OverlapClip& clip, Duration at, const bench::OverlapResult& result) {
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

}  // namespace

Result<> bench_overlaps(const config::Config& config, const std::filesystem::path& audio,
                        bool verbose) {
  const auto bench = OverlapBench::load(config);
  if (!bench) return std::unexpected(bench.error());
  const auto clips = (*bench)->clips(audio);
  if (!clips) return std::unexpected(clips.error());

  std::array<Tally, 3> tallies;
  std::size_t done = 0;
  const bool terminal = isatty(STDERR_FILENO) != 0;
  for (const bench::OverlapClip& clip : *clips) {
    for (std::size_t moment = 0; moment < std::size(kMoments); ++moment) {
      const auto result = (*bench)->call(clip, kMoments[moment].at);
      Tally& tally = tallies[static_cast<std::size_t>(clip.kind)];
      ++tally.calls;
      if (!result.stopped) {
        tally.pause.push_back(in_ms(result.pause));
        tally.paused += result.pause > 300ms ? 1 : 0;
      } else {
        ++tally.stopped;
        tally.silent[moment].push_back(result.silent ? in_ms(*result.silent) : 1e9);
        tally.announced[moment].push_back(in_ms(result.announced.value_or(Duration{})));
        if (clip.kind == OverlapKind::kInterruption) {
          tally.words += std::abs((*bench)->words_apart(result)) <= 1 ? 1 : 0;
        }
      }
      if (verbose) print_call(clip, kMoments[moment].at, result);
    }
    ++done;
    if (terminal) fmt::print(stderr, "\rspeaking over Eva: {} of {}", done, clips->size());
  }
  if (terminal) fmt::print(stderr, "\n");
  print_interruptions(tallies[0]);
  print_others("backchannels ", tallies[1]);
  print_others("noises       ", tallies[2]);
  return {};
}

}  // namespace eva::cli
