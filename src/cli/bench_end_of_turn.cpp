#include "cli/bench_end_of_turn.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <utility>
#include <vector>

#include "bench/end_of_turn_bench.h"
#include "bench/heard_turn.h"
#include "bench/stimuli.h"
#include "cli/packs.h"

namespace eva::cli {
namespace {

// The recogniser's and the model's times on an idle core (docs/measurements.md).
constexpr bench::Delays kDelays{.text = 150ms, .probability = 60ms};

Result<std::vector<bench::HeardTurn>> hear_all(const config::Config& config,
                                               const EndOfTurnBench& options) {
  const auto stimuli = bench::make_stimuli(options.audio);
  if (!stimuli) return std::unexpected(stimuli.error());
  const auto vad = vad::SileroModel::load(vad_model_file(config));
  if (!vad) return std::unexpected(vad.error());
  const auto network = endpoint::TurnNetwork::load(turn_model_file(config));
  if (!network) return std::unexpected(network.error());
  const auto whisper =
      engine::Whisper::load({.folder = pack_folder(config, config.engine.stt_model)});
  if (!whisper) return std::unexpected(whisper.error());
  const bench::Ears ears{**vad, **network, **whisper, {config.turn.stt_after}};
  std::vector<bench::HeardTurn> turns;
  for (const bench::Stimulus& stimulus : *stimuli) {
    auto turn = bench::hear(stimulus, ears);
    if (!turn) return std::unexpected(turn.error());
    turns.push_back(std::move(*turn));
    if (isatty(STDERR_FILENO)) {
      fmt::print(stderr, "\rlistening: {} of {}", turns.size(), stimuli->size());
    }
  }
  if (isatty(STDERR_FILENO)) fmt::print(stderr, "\n");
  return turns;
}

}  // namespace

Result<> bench_end_of_turn(const config::Config& config, const EndOfTurnBench& options) {
  std::error_code ignored;
  const bool again = !options.heard.empty() && std::filesystem::exists(options.heard, ignored);
  const auto turns = again ? bench::load(options.heard) : hear_all(config, options);
  if (!turns) return std::unexpected(turns.error());
  if (!again && !options.heard.empty()) {
    if (auto saved = bench::save(options.heard, *turns); !saved) return saved;
  }
  for (const bool held_out : {false, true}) {
    for (const char* set : {"", "read", "command", "spelled"}) {
      const auto curves = bench::sweep(*turns, set, held_out, config.turn.stt_after, kDelays);
      if (curves.empty()) continue;
      fmt::print("{}, {}: {} turns\n{}\n", *set ? set : "all", held_out ? "held out" : "chosen on",
                 curves.front().turns, bench::table(curves));
      if (!held_out || *set || options.plot.empty()) continue;
      std::ofstream file(options.plot, std::ios::binary);
      file << bench::plot(curves, "False cut-offs against dead air, turns held out") << std::flush;
      if (!file) return fail(ErrorCode::kIo, options.plot.string() + ": cannot be written");
    }
  }
  return {};
}

}  // namespace eva::cli
