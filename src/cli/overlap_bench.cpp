#include "cli/overlap_bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "audio/resampler.h"
#include "bench/stimuli.h"
#include "cli/packs.h"
#include "server/session_defaults.h"
#include "turn/words.h"

namespace eva::cli {
namespace {

constexpr std::string_view kSpeech =
    "Welcome to the town museum. Today we are open until six in the evening. The new exhibition "
    "shows paintings from the nineteenth century, and there is a guided tour every hour. If you "
    "like, I can tell you more about the painters, about the price of the tickets, or about the "
    "way to get here by train. The cafe on the ground floor serves soup and fresh bread.";

}  // namespace

Result<std::unique_ptr<OverlapBench>> OverlapBench::load(const config::Config& config) {
  std::unique_ptr<OverlapBench> bench(new OverlapBench(config));
  auto vad = vad::SileroModel::load(vad_model_file(config));
  if (!vad) return std::unexpected(vad.error());
  bench->vad_ = std::move(*vad);
  auto whisper = engine::Whisper::load({.folder = pack_folder(config, config.engine.stt_model)});
  if (!whisper) return std::unexpected(whisper.error());
  bench->whisper_ = std::move(*whisper);
  auto voice = engine::load_piper({.folder = pack_folder(config, config.engine.voice),
                                   .lexicon = "",
                                   .variation = engine::Variation::kNone});
  if (!voice) return std::unexpected(voice.error());
  bench->voice_ = std::move(*voice);
  bench->other_ = engine::make_flite_voice();
  bench->lexicon_ = server::lexicon(config);
  return bench;
}

Result<std::vector<bench::OverlapClip>> OverlapBench::clips(
    const std::filesystem::path& audio) const {
  const std::array<const engine::Voice*, 2> voices{voice_.get(), other_.get()};
  return bench::overlap_clips(audio, voices);
}

bench::OverlapResult OverlapBench::call(const bench::OverlapClip& clip, Duration at,
                                        bench::EchoRoom* room) {
  sim::World world;
  bench::DirectStt stt(world, *whisper_, [this] { return loop_.now(); });
  bench::DirectTts tts(world, *voice_, spoken_);
  bench::SilentLlm llm;
  auto settings = server::session_settings(config_);
  settings.turn_detection->create_response = false;
  return bench::overlap_call(
      world, server::session_parts(config_, *vad_, false, lexicon_, settings, "bench"),
      {stt, llm, tts}, std::string(kSpeech), clip, at, room);
}

int OverlapBench::words_apart(const bench::OverlapResult& result) const {
  CancelToken never;
  const auto heard =
      whisper_->transcribe(audio::resample(result.heard, session::Playout::kRate, bench::kRate),
                           {.language = "en"}, never);
  if (!heard) return 0;
  return static_cast<int>(turn::words_of(result.kept).size()) -
         static_cast<int>(turn::words_of(heard->text).size());
}

double in_ms(Duration d) {
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

}  // namespace eva::cli
