#pragma once
// All that can be known of a stimulus before it is decided where its turn ends: worked out once,
// replayed many times.
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "bench/stimuli.h"
#include "endpoint/turn_network.h"
#include "engine/whisper.h"
#include "turn/turn_machine.h"
#include "vad/silero_vad.h"

namespace eva::bench {

/// What the engines say of the turn so far in one of its pauses.
struct HeardPause {
  Duration speech_end{};
  std::string text;
  std::vector<double> probabilities;  // asked at each of Ears::ask_at that the pause reaches
};

struct HeardTurn {
  std::string name;
  std::string set;
  bool held_out = false;
  Duration hold{};
  Duration speech_end{};
  std::vector<float> vad;  // speech probability of each window
  std::vector<HeardPause> pauses;
};

/// The engines; they outlive the call.
struct Ears {
  const vad::SileroModel& vad;
  const endpoint::TurnNetwork& network;
  const engine::Whisper& whisper;
  std::vector<Duration> ask_at;  // silences, the first is when the recogniser is asked as well
};

/// Blocks for about 0.2 s per second of audio.
Result<HeardTurn> hear(const Stimulus& stimulus, const Ears& ears);

/// As JSON. kIo, kBadInput: cannot be written, cannot be read.
Result<> save(const std::filesystem::path& file, const std::vector<HeardTurn>& turns);
Result<std::vector<HeardTurn>> load(const std::filesystem::path& file);

}  // namespace eva::bench
