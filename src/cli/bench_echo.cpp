// `eva bench turns --echo`.
#include "cli/bench_echo.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "audio/resampler.h"
#include "audio/sound_file.h"
#include "bench/stimuli.h"
#include "cli/overlap_bench.h"

namespace eva::cli {
namespace {

constexpr double kLevels[] = {-6, -13, -20};
constexpr Duration kDelays[] = {40ms, 120ms, 300ms};
constexpr double kNoise = 20;        // RMS, -64 dBFS
constexpr Duration kListened = 18s;  // of her 20 s
constexpr int kTimes = 2;            // every cell, with and without noise
constexpr Duration kAt = 5100ms;     // the user's words, after her first

using Impulse = std::vector<std::int16_t>;

struct Cell {
  std::size_t room;
  double level_db;
  Duration delay;
};

std::vector<Cell> cells(std::size_t rooms) {
  std::vector<Cell> all;
  for (std::size_t room = 0; room < rooms; ++room) {
    for (const double level : kLevels) {
      for (const Duration delay : kDelays) all.push_back({room, level, delay});
    }
  }
  return all;
}

Result<std::vector<Impulse>> load_rooms(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".wav") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::vector<Impulse> rooms;
  for (const auto& file : files) {
    auto sound = audio::read_sound(file);
    if (!sound) return std::unexpected(sound.error());
    rooms.push_back(audio::resample(sound->pcm, sound->rate, bench::kRate));
  }
  if (rooms.empty()) {
    return fail(ErrorCode::kNotFound,
                folder.string() +
                    ": no impulse responses there; name the folder of the test "
                    "recordings with --audio");
  }
  return rooms;
}

bench::EchoRoom room_of(const std::vector<Impulse>& rooms, const Cell& cell, double noise) {
  return bench::EchoRoom({.impulse = rooms[cell.room],
                          .level_db = cell.level_db,
                          .delay = cell.delay,
                          .noise = noise});
}

std::string name_of(const Cell& cell) {
  return fmt::format("room {}, {:>3.0f} dB, {:>3} ms", cell.room + 1, cell.level_db,
                     to_ms(cell.delay));
}

// Nobody speaks: whatever stops her is her own voice.
void measure_alone(OverlapBench& bench, const std::vector<Impulse>& rooms, bool verbose) {
  const bench::OverlapClip nobody{.name = "nobody",
                                  .kind = bench::OverlapKind::kNoise,
                                  .pcm = std::vector<std::int16_t>(static_cast<std::size_t>(
                                      duration_to_samples(kListened - 4s, bench::kRate)))};
  int stopped = 0;
  int held = 0;
  int ducked = 0;
  int calls = 0;
  for (const Cell& cell : cells(rooms.size())) {
    for (int time = 0; time < kTimes; ++time) {
      auto room = room_of(rooms, cell, time == 0 ? kNoise : 0);
      const auto result = bench.call(nobody, 0ms, &room);
      ++calls;
      stopped += result.stopped ? 1 : 0;
      for (const auto& overlap : result.overlaps) {
        held += overlap.held_at ? 1 : 0;
        ducked += overlap.ducked_at && !overlap.held_at ? 1 : 0;
      }
      if (verbose) {
        fmt::print("{}: {}, {} overlaps\n", name_of(cell), result.stopped ? "stopped" : "went on",
                   result.overlaps.size());
      }
    }
  }
  fmt::print("her own voice, {} calls, {:.0f} minutes of it\n", calls,
             in_ms(calls * kListened) / 60'000);
  fmt::print("  she interrupted herself    {} times\n", stopped);
  fmt::print("  fell silent for a moment   {} times\n", held - stopped);
  fmt::print("  was quieter for a moment   {} times\n", ducked);
}

// A user without headphones: how much longer until her voice is gone?
void measure_user(OverlapBench& bench, const std::vector<Impulse>& rooms,
                  const std::vector<bench::OverlapClip>& clips, bool verbose) {
  const auto all = cells(rooms.size());
  std::vector<double> plain;
  std::vector<double> echoing;
  std::vector<double> added;
  int calls = 0;
  for (const auto& clip : clips) {
    if (clip.kind != bench::OverlapKind::kInterruption) continue;
    const auto alone = bench.call(clip, kAt);
    const Cell& cell = all[static_cast<std::size_t>(calls++) % all.size()];
    auto room = room_of(rooms, cell, kNoise);
    const auto result = bench.call(clip, kAt, &room);
    if (alone.silent && alone.stopped) plain.push_back(in_ms(*alone.silent));
    if (result.silent && result.stopped) echoing.push_back(in_ms(*result.silent));
    const bool both = alone.silent && alone.stopped && result.silent && result.stopped;
    if (both) added.push_back(in_ms(*result.silent - *alone.silent));
    if (verbose) {
      fmt::print("{}: {}: {} {} ms instead of {}\n", clip.name.substr(0, 32), name_of(cell),
                 result.stopped ? "stopped" : "went on", result.silent ? to_ms(*result.silent) : -1,
                 alone.silent ? to_ms(*alone.silent) : -1);
    }
  }
  fmt::print("the user over her echo, {} calls, stopped {}\n", calls, echoing.size());
  fmt::print("  her voice is gone after    {}\n", quantiles(echoing));
  fmt::print("  with headphones            {}\n", quantiles(plain));
  fmt::print("  later by                   {}\n", quantiles(added));
}

}  // namespace

Result<> bench_echo(const config::Config& config, const std::filesystem::path& audio,
                    bool verbose) {
  const auto bench = OverlapBench::load(config);
  if (!bench) return std::unexpected(bench.error());
  const auto clips = (*bench)->clips(audio);
  if (!clips) return std::unexpected(clips.error());
  const auto rooms = load_rooms(audio / "rir");
  if (!rooms) return std::unexpected(rooms.error());
  measure_alone(**bench, *rooms, verbose);
  measure_user(**bench, *rooms, *clips, verbose);
  return {};
}

}  // namespace eva::cli
