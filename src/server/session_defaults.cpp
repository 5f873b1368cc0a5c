#include "server/session_defaults.h"

#include <utility>

#include "turn/make_end_of_turn.h"

namespace eva::server {
namespace {

turn::EndOfTurnKind kind_of(config::EndOfTurn kind) {
  switch (kind) {
    case config::EndOfTurn::kSilence:
      return turn::EndOfTurnKind::kSilence;
    case config::EndOfTurn::kDynamic:
      return turn::EndOfTurnKind::kDynamic;
    case config::EndOfTurn::kSmart:
      return turn::EndOfTurnKind::kSmart;
    case config::EndOfTurn::kAuto:
      return turn::EndOfTurnKind::kAuto;
  }
  std::unreachable();
}

}  // namespace

session::Settings session_settings(const config::Config& config) {
  session::Settings settings;
  settings.instructions = config.session.instructions;
  settings.language = config.stt.language.empty() ? config.session.language : config.stt.language;
  settings.voice = config.session.voice;
  settings.speed = config.tts.speed;
  if (config.llm.max_tokens) {
    settings.max_output_tokens = static_cast<int>(*config.llm.max_tokens);
  }
  auto& detection = *settings.turn_detection;
  detection.prefix_padding = config.turn.prefix_padding;
  detection.turn = {.threshold = config.turn.threshold,
                    .end_of_turn = kind_of(config.turn.end_of_turn),
                    .silence = config.turn.silence,
                    .min_speech = config.turn.min_speech,
                    .stt_after = config.turn.stt_after,
                    .max_turn = config.turn.max_turn};
  detection.barge_in = {.kind = config.turn.barge_in == config::BargeIn::kSpeech
                                    ? turn::BargeInKind::kSpeech
                                    : turn::BargeInKind::kWords,
                        .interrupt_speech = config.turn.interrupt};
  return settings;
}

session::Limits session_limits(const config::Config& config) {
  session::Limits limits;
  limits.items = static_cast<std::size_t>(config.limits.conversation_items);
  limits.manual_buffer = config.limits.input_buffer;
  limits.silence = {.after = config.session.idle,
                    .prompt = config.session.idle_prompt,
                    .prompts = config.session.idle_prompts,
                    .goodbye = config.session.goodbye};
  limits.echo_guard = config.turn.echo_guard;
  limits.level_gate = config.turn.level_gate;
  limits.playout_lead = config.turn.playout_lead;
  limits.partials = config.stt.partials;
  limits.speculations = config.turn.speculations;
  return limits;
}

transport::RealtimeSession realtime_session(const config::Config& config) {
  transport::RealtimeSession session;
  session.settings = session_settings(config);
  session.default_detection = *session.settings.turn_detection;
  session.model = config.llm.model.empty() ? "eva" : config.llm.model;
  session.voice = !config.session.voice.empty() ? config.session.voice
                  : config.tts.url.empty()      ? "joe"
                                                : config.tts.voice;
  session.transcription = true;
  session.transcription_model = config.stt.url.empty() ? config.engine.stt_model : config.stt.model;
  return session;
}

bool needs_turn_model(const config::Config& config) {
  return config.turn.end_of_turn == config::EndOfTurn::kSmart ||
         config.turn.end_of_turn == config::EndOfTurn::kAuto;
}

std::shared_ptr<const turn::Lexicon> lexicon(const config::Config& config) {
  turn::Lexicon lexicon = turn::built_in_lexicon(config.session.language);
  if (!config.turn.backchannels.empty()) {
    lexicon.backchannels = turn::parse_phrases(config.turn.backchannels);
  }
  if (!config.turn.stop_phrases.empty()) {
    lexicon.stops = turn::parse_phrases(config.turn.stop_phrases);
  }
  return std::make_shared<const turn::Lexicon>(std::move(lexicon));
}

session::SessionParts session_parts(const config::Config& config, const vad::SileroModel& model,
                                    bool has_turn_model,
                                    std::shared_ptr<const turn::Lexicon> lexicon,
                                    session::Settings settings, std::string id_suffix) {
  session::SessionParts parts;
  parts.vad = std::make_unique<vad::SileroVad>(model);
  parts.end_of_turn = [has_turn_model](const turn::TurnSettings& turn) {
    return turn::make_end_of_turn(turn.end_of_turn, turn.silence, has_turn_model);
  };
  parts.lexicon = std::move(lexicon);
  parts.settings = std::move(settings);
  parts.limits = session_limits(config);
  parts.id_suffix = std::move(id_suffix);
  return parts;
}

}  // namespace eva::server
