#include "replay/resimulate.h"

#include <memory>
#include <utility>

#include "replay/played_vad.h"
#include "session/session_host.h"
#include "sim/world.h"

namespace eva::replay {
namespace {

class NoClient final : public session::NoticeSink {
  void on_notice(const session::Notice&, Time) override {}
  void on_failed(std::string_view) override {}  // the tap is told as well
};

template <typename... Kinds>
bool is_any_of(const session::Event& event) {
  return (std::holds_alternative<Kinds>(event) || ...);
}

// What the session's own timer and engines bring.
bool comes_from_inside(const session::Event& event) {
  return is_any_of<session::Ticked, session::SttFinished, session::SttPartial, session::TurnScored,
                   session::LlmText, session::LlmFinished, session::TtsAudio, session::TtsFinished>(
      event);
}

}  // namespace

std::vector<Guess> resimulate(const Recording& recording, const Windows& windows,
                              const ReplyBook& book, const EndOfTurnMaker& end_of_turn,
                              const Change& change, session::Tap& tap) {
  sim::World world;
  Desk desk{.executor = world, .book = book, .received = 0, .guesses = {}};
  RecordedStt stt(desk);
  RecordedLlm llm(desk);
  RecordedTts tts(desk);
  RecordedTurnModel turn_model(desk);
  PlacedVad vad(windows);
  session::SessionParts parts;
  parts.vad = std::make_unique<LentVad>(vad);
  parts.end_of_turn = end_of_turn;
  parts.settings = recording.header.settings;
  change.settings(parts.settings);
  parts.limits = recording.header.limits;
  change.limits(parts.limits);
  parts.lexicon =
      std::make_shared<const turn::Lexicon>(change.lexicon.value_or(recording.header.lexicon));
  parts.id_suffix = recording.header.id_suffix;
  NoClient client;
  const bool scored = !book.scores().empty();
  session::SessionHost host(world, std::move(parts),
                            {stt, llm, tts, scored ? &turn_model : nullptr}, client, &tap);
  vad.set_session(host.session());
  for (const RecordedEvent& recorded : recording.events) {
    world.run_until(recorded.at);
    if (comes_from_inside(recorded.event)) continue;
    if (const auto* audio = std::get_if<session::AudioReceived>(&recorded.event)) {
      desk.received += std::ssize(audio->pcm);
    }
    if (const auto* settings = std::get_if<session::ChangeSettings>(&recorded.event)) {
      session::ChangeSettings changed = *settings;
      change.settings(changed.settings);
      host.deliver(changed);
    } else {
      host.deliver(recorded.event);
    }
  }
  return std::move(desk.guesses);
}

}  // namespace eva::replay
