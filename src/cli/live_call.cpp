#include "cli/live_call.h"

#include <utility>

#include "session/input_audio.h"
#include "session/playout.h"

namespace eva::cli {
namespace {
constexpr Duration kFetch = 10ms;
}

LiveCall::LiveCall(Executor& executor, session::SessionParts parts, session::Engines engines,
                   LiveSound sound, Captions& captions, std::function<void(std::string)> on_end,
                   session::Tap* tap)
    : executor_(executor),
      sound_(sound),
      captions_(captions),
      on_end_(std::move(on_end)),
      host_(executor, std::move(parts), engines, *this, tap),
      to_session_(sound.microphone.rate(), session::InputAudio::kRate),
      to_loudspeaker_(session::Playout::kRate, sound.loudspeaker.rate()) {
  // What was recorded while the engine started is nobody's turn.
  sound_.microphone.read(heard_);
  next_fetch_ = executor_.call_at(executor_.now() + kFetch, [this] { fetch(); });
}

LiveCall::~LiveCall() {
  executor_.cancel(next_fetch_);
}

void LiveCall::greet(const std::string& text) {
  if (!text.empty()) host_.deliver(session::Greet{text});
}

void LiveCall::fetch() {
  if (ended_) return;
  if (!sound_.microphone.working()) return end("the microphone is gone");
  if (!sound_.loudspeaker.working()) return end("the loudspeaker is gone");
  heard_.clear();
  sound_.microphone.read(heard_);
  std::vector<std::int16_t> pcm;
  to_session_.process(heard_, pcm);
  if (!pcm.empty()) host_.deliver(session::AudioReceived{std::move(pcm)});
  if (!ended_) next_fetch_ = executor_.call_at(executor_.now() + kFetch, [this] { fetch(); });
}

void LiveCall::on_notice(const session::Notice& notice, Time) {
  captions_.on_notice(notice);
  if (const auto* audio = std::get_if<session::ReplyAudio>(&notice)) {
    played_.clear();
    to_loudspeaker_.process(audio->pcm, played_);
    sound_.loudspeaker.write(played_);
  }
  if (const auto* finished = std::get_if<session::ReplyFinished>(&notice)) {
    played_.clear();
    to_loudspeaker_.flush(played_);
    if (finished->status != session::ReplyFinished::Status::kCancelled) {
      sound_.loudspeaker.write(played_);
    }
  }
  if (const auto* closed = std::get_if<session::TurnClosed>(&notice)) {
    if (closed->record.interrupted) sound_.loudspeaker.flush();
  }
  if (std::holds_alternative<session::CallEnded>(notice)) end("");
}

void LiveCall::on_failed(std::string_view what) {
  end(std::string(what));
}

void LiveCall::end(std::string why) {
  if (std::exchange(ended_, true)) return;
  on_end_(std::move(why));
}

}  // namespace eva::cli
