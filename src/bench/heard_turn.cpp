#include "bench/heard_turn.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

namespace eva::bench {
namespace {

using nlohmann::json;

constexpr Duration kWindow = samples_to_duration(vad::kWindow, vad::kRate);
// Of a session (session/settings.h): what the recogniser gets from before the first speech.
constexpr Duration kPadding = 300ms;

}  // namespace

Result<HeardTurn> hear(const Stimulus& stimulus, const Ears& ears) {
  HeardTurn heard{.name = stimulus.name,
                  .set = stimulus.set,
                  .held_out = stimulus.held_out,
                  .hold = stimulus.hold,
                  .speech_end = stimulus.speech_end};
  vad::SileroVad vad(ears.vad);
  turn::TurnSettings settings;
  settings.stt_after = ears.ask_at.front();
  turn::TurnMachine machine(settings, std::make_unique<turn::SilenceEndOfTurn>(1h));
  CancelToken token;
  std::optional<Duration> paused;  // end of the speech before the pause under way
  std::size_t asked = 0;
  const std::span pcm(stimulus.pcm);
  for (std::size_t begin = 0; begin + vad::kWindow <= pcm.size(); begin += vad::kWindow) {
    const std::size_t end_sample = begin + vad::kWindow;
    heard.vad.push_back(vad.speech_probability(pcm.subspan(begin, vad::kWindow)));
    const Duration end = samples_to_duration(static_cast<std::int64_t>(end_sample), kRate);
    // Padded as the session does.
    const Duration from = std::max(Duration{}, machine.speech_start().value_or(end) - kPadding);
    const auto turn = [&] {
      const auto first = static_cast<std::size_t>(duration_to_samples(from, kRate));
      return pcm.subspan(first, end_sample - first);
    };
    for (const auto& event : machine.on_window(heard.vad.back(), end, kWindow)) {
      if (std::holds_alternative<turn::SpeechResumed>(event)) paused.reset();
      if (const auto* pause = std::get_if<turn::SpeechPaused>(&event)) {
        const auto text = ears.whisper.transcribe(turn(), {.language = "en"}, token);
        if (!text) return std::unexpected(text.error());
        heard.pauses.push_back({.speech_end = pause->speech_end, .text = text->text});
        paused = pause->speech_end;
        asked = 0;
      }
    }
    if (paused && asked < ears.ask_at.size() && end - *paused >= ears.ask_at[asked]) {
      const auto probability = ears.network.probability(turn());
      if (!probability) return std::unexpected(probability.error());
      heard.pauses.back().probabilities.push_back(*probability);
      ++asked;
    }
  }
  return heard;
}

Result<> save(const std::filesystem::path& file, const std::vector<HeardTurn>& turns) {
  json all = json::array();
  for (const HeardTurn& turn : turns) {
    json pauses = json::array();
    for (const HeardPause& pause : turn.pauses) {
      pauses.push_back({{"speech_end", pause.speech_end.count()},
                        {"text", pause.text},
                        {"probabilities", pause.probabilities}});
    }
    all.push_back({{"name", turn.name},
                   {"set", turn.set},
                   {"held_out", turn.held_out},
                   {"hold", turn.hold.count()},
                   {"speech_end", turn.speech_end.count()},
                   {"vad", turn.vad},
                   {"pauses", std::move(pauses)}});
  }
  std::ofstream out(file);
  out << all.dump() << std::endl;
  if (!out) return fail(ErrorCode::kIo, file.string() + ": cannot be written");
  return {};
}

Result<std::vector<HeardTurn>> load(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) return fail(ErrorCode::kIo, file.string() + ": cannot be read");
  std::vector<HeardTurn> turns;
  try {
    for (const json& turn : json::parse(in)) {
      HeardTurn& heard = turns.emplace_back();
      turn.at("name").get_to(heard.name);
      turn.at("set").get_to(heard.set);
      turn.at("held_out").get_to(heard.held_out);
      heard.hold = Duration(turn.at("hold").get<std::int64_t>());
      heard.speech_end = Duration(turn.at("speech_end").get<std::int64_t>());
      turn.at("vad").get_to(heard.vad);
      for (const json& pause : turn.at("pauses")) {
        heard.pauses.push_back({Duration(pause.at("speech_end").get<std::int64_t>()),
                                pause.at("text").get<std::string>(),
                                pause.at("probabilities").get<std::vector<double>>()});
      }
    }
  } catch (const json::exception& error) {
    return fail(ErrorCode::kBadInput, file.string() + ": " + error.what());
  }
  return turns;
}

}  // namespace eva::bench
