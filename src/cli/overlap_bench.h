#pragma once
// What the benches of speech over Eva have in common: the engines, a call, how figures are told.
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "bench/direct_engines.h"
#include "bench/echo_room.h"
#include "bench/overlap_call.h"
#include "config/config.h"
#include "engine/voice.h"
#include "engine/whisper.h"
#include "io/event_loop.h"
#include "turn/lexicon.h"
#include "vad/silero_vad.h"

namespace eva::cli {

/// Runs calls in virtual time with the embedded engines. Single-threaded.
class OverlapBench {
 public:
  /// Loads the installed packs that `config` names, which outlives this.
  static Result<std::unique_ptr<OverlapBench>> load(const config::Config& config);

  /// Those of `audio` (the layout of ../shared/audio).
  Result<std::vector<bench::OverlapClip>> clips(const std::filesystem::path& audio) const;
  /// While she tells about a museum for 20 s.
  bench::OverlapResult call(const bench::OverlapClip& clip, Duration at,
                            bench::EchoRoom* room = nullptr);
  /// Words that her conversation keeps less those that can be heard, by the recogniser.
  int words_apart(const bench::OverlapResult& result) const;

 private:
  explicit OverlapBench(const config::Config& config) : config_(config) {}

  const config::Config& config_;
  io::EventLoop loop_;  // its clock
  std::unique_ptr<vad::SileroModel> vad_;
  std::unique_ptr<engine::Whisper> whisper_;
  std::unique_ptr<engine::Voice> voice_;
  std::unique_ptr<engine::Voice> other_;
  std::shared_ptr<const turn::Lexicon> lexicon_;
  bench::DirectTts::Spoken spoken_;
};

double in_ms(Duration d);
/// "p50 240, p95 320, max 410 ms"
std::string quantiles(std::vector<double> values);

}  // namespace eva::cli
