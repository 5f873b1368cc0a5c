#include "sim/scenario.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "sim/coded_speech.h"
#include "turn/make_end_of_turn.h"

namespace eva::sim {
namespace {
constexpr int kRate = vad::kRate;
}

Scenario::Scenario(Options options)
    : stt(world, options.seed),
      llm(world, options.seed + 1),
      tts(world, options.seed + 2),
      turn_model(world, options.seed + 4),
      options_(std::move(options)),
      random_(options_.seed + 3) {
  session::SessionParts parts;
  parts.vad = std::make_unique<CodedVad>();
  parts.end_of_turn = [](const turn::TurnSettings& settings) {
    return turn::make_end_of_turn(settings.end_of_turn, settings.silence, true);
  };
  parts.lexicon = std::make_shared<turn::Lexicon>(options_.lexicon);
  parts.settings = options_.settings;
  parts.limits = options_.limits;
  parts.id_suffix = "t";
  if (options_.attach) parts = options_.attach(std::move(parts));
  host_ = std::make_unique<session::SessionHost>(
      world, std::move(parts), session::Engines{stt, llm, tts, &turn_model}, *this, options_.tap);
}

void Scenario::say(std::vector<int> words) {
  const auto pcm = speak_words(words, kRate);
  script_.insert(script_.end(), pcm.begin(), pcm.end());
}

void Scenario::pause(Duration length) {
  script_.resize(script_.size() + static_cast<std::size_t>(duration_to_samples(length, kRate)));
}

void Scenario::coughs(Duration length) {
  const auto pcm = cough(length, kRate);
  script_.insert(script_.end(), pcm.begin(), pcm.end());
}

void Scenario::run(Duration tail) {
  pause(tail);
  const auto script = std::exchange(script_, {});
  std::uniform_int_distribution<std::size_t> length(static_cast<std::size_t>(options_.min_chunk),
                                                    static_cast<std::size_t>(options_.max_chunk));
  for (std::size_t at = 0; at < script.size();) {
    const std::size_t n = std::min(length(random_), script.size() - at);
    feed(std::span(script).subspan(at, n));
    at += n;
  }
}

// A chunk arrives when its last sample has been spoken.
void Scenario::feed(std::span<const std::int16_t> pcm) {
  fed_ += static_cast<std::int64_t>(pcm.size());
  world.run_until(caller_began + samples_to_duration(fed_, kRate));
  host_->deliver(session::AudioReceived{pcm});
}

void Scenario::on_failed(std::string_view what) {
  throw BugError(std::string(what));
}

void Scenario::on_notice(const session::Notice& notice, Time now) {
  if (const auto* audio = std::get_if<session::ReplyAudio>(&notice)) {
    eva_audio.insert(eva_audio.end(), audio->pcm.begin(), audio->pcm.end());
  }
  log.push_back({now, notice});
}

std::string Scenario::dialogue() const {
  std::string out;
  const auto line = [&](const std::string& text) { out += (out.empty() ? "" : " | ") + text; };
  for (const Logged& entry : log) {
    if (const auto* t = std::get_if<session::TranscriptionCompleted>(&entry.notice)) {
      line("user: " + t->text);
    } else if (const auto* closed = std::get_if<session::TurnClosed>(&entry.notice)) {
      if (closed->record.response_id.empty()) continue;
      line("eva: " + closed->record.heard_text + (closed->record.interrupted ? " [cut]" : "") +
           (closed->record.error.empty() ? "" : " [" + closed->record.error + "]"));
    }
  }
  return out;
}

}  // namespace eva::sim
