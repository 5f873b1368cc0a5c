#include "session/session_host.h"

#include <exception>
#include <utility>

#include "base/check.h"

namespace eva::session {

SessionHost::SessionHost(Executor& executor, SessionParts parts, Engines engines, NoticeSink& sink,
                         Tap* tap)
    : executor_(executor), engines_(engines), sink_(sink), tap_(tap), session_(std::move(parts)) {}

SessionHost::~SessionHost() {
  if (armed_) executor_.cancel(timer_);
}

void SessionHost::deliver(const Event& event) {
  if (failed_) return;
  try {
    apply(event);
  } catch (const std::exception& error) {
    failed_ = true;
    work_.clear();
    if (armed_) executor_.cancel(timer_);
    armed_.reset();
    if (tap_) tap_->on_failed(error.what());
    sink_.on_failed(error.what());
  }
}

void SessionHost::apply(const Event& event) {
  EVA_CHECK(!std::exchange(delivering_, true));
  actions_.clear();
  const Time now = executor_.now();
  if (tap_) tap_->on_event(event, now);
  session_.on(event, now, actions_);
  if (tap_) tap_->on_actions(actions_);
  for (Action& action : actions_) {
    std::visit([this](auto& a) { perform(a); }, action);
  }
  delivering_ = false;
  arm();
}

void SessionHost::perform(StartStt& action) {
  work_[action.turn].stt = engines_.stt.transcribe(
      std::move(action.request), [this, turn = action.turn](Result<speech::Transcript> result) {
        const speech::CallHandle done = std::move(work_[turn].stt);
        deliver(SttFinished{turn, std::move(result)});
        forget_if_done(turn);
      });
}

void SessionHost::perform(ListenStt& action) {
  speech::SttStreamCallbacks callbacks;
  callbacks.on_partial = [this, turn = action.turn](speech::PartialTranscript partial) {
    deliver(SttPartial{turn, std::move(partial)});
  };
  callbacks.on_failed = [this, turn = action.turn](const Error&) {
    // The final transcription, another request, says what is wrong.
    const auto done = std::move(work_[turn].stream);
    forget_if_done(turn);
  };
  auto stream = engines_.stt.listen(std::move(action.request), std::move(callbacks));
  if (stream) work_[action.turn].stream = std::move(stream);
}

void SessionHost::perform(const FeedStt& action) {
  const auto work = work_.find(action.turn);
  if (work != work_.end() && work->second.stream) work->second.stream->push(action.pcm);
}

void SessionHost::perform(ScoreTurn& action) {
  if (!engines_.turn_model) return;
  work_[action.turn].score = engines_.turn_model->score(
      std::move(action.pcm), [this, turn = action.turn](Result<double> probability) {
        const speech::CallHandle done = std::move(work_[turn].score);
        deliver(TurnScored{turn, std::move(probability)});
        forget_if_done(turn);
      });
}

void SessionHost::perform(StartLlm& action) {
  speech::LlmCallbacks callbacks;
  callbacks.on_text = [this, turn = action.turn](std::string_view text) {
    deliver(LlmText{turn, std::string(text)});
  };
  callbacks.on_done = [this, turn = action.turn](Result<speech::LlmUsage> result) {
    const speech::CallHandle done = std::move(work_[turn].llm);
    deliver(LlmFinished{turn, std::move(result)});
    forget_if_done(turn);
  };
  work_[action.turn].llm = engines_.llm.complete(std::move(action.request), std::move(callbacks));
}

void SessionHost::perform(StartTts& action) {
  speech::TtsCallbacks callbacks;
  callbacks.on_audio = [this, turn = action.turn,
                        piece = action.piece](std::span<const std::int16_t> pcm) {
    deliver(TtsAudio{turn, piece, {pcm.begin(), pcm.end()}});
  };
  callbacks.on_done = [this, turn = action.turn, piece = action.piece](Result<> result) {
    const auto done = work_[turn].tts.extract(piece);
    deliver(TtsFinished{turn, piece, std::move(result)});
    forget_if_done(turn);
  };
  work_[action.turn].tts[action.piece] =
      engines_.tts.speak(std::move(action.request), std::move(callbacks));
}

void SessionHost::forget_if_done(TurnId turn) {
  const auto work = work_.find(turn);
  if (work == work_.end()) return;
  const auto& [stt, stream, score, llm, tts] = work->second;
  if (!stt && !stream && !score && !llm && tts.empty()) work_.erase(work);
}

void SessionHost::perform(const CancelLlm& action) {
  if (const auto work = work_.find(action.turn); work != work_.end()) work->second.llm.reset();
}

void SessionHost::perform(const CancelWork& action) {
  work_.erase(action.turn);
}

void SessionHost::perform(const Notify& action) {
  sink_.on_notice(action.notice, executor_.now());
}

void SessionHost::arm() {
  const auto deadline = session_.next_deadline();
  if (deadline == armed_) return;
  if (armed_) executor_.cancel(timer_);
  armed_ = deadline;
  if (!armed_) return;
  timer_ = executor_.call_at(*armed_, [this] {
    armed_.reset();
    deliver(Ticked{});
  });
}

}  // namespace eva::session
