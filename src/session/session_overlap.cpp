// The part of Session that weighs what is said while Eva has the floor (turn/barge_in.h).
#include <utility>

#include "session/session.h"

namespace eva::session {
namespace {
constexpr std::size_t kRemembered = 100;

Playout::Level level_of(turn::BargeIn::Level level) {
  switch (level) {
    case turn::BargeIn::Level::kFull:
      return Playout::Level::kFull;
    case turn::BargeIn::Level::kDucked:
      return Playout::Level::kDucked;
    case turn::BargeIn::Level::kHeld:
      return Playout::Level::kHeld;
  }
  std::unreachable();
}
}  // namespace

bool Session::may_overlap() const {
  return reply_ && !user_turn_ && settings_.turn_detection->interrupt_response;
}

void Session::weigh_overlap(bool speech, double power, Duration begin, Duration end) {
  if (!overlap_) {
    if (!speech || !may_overlap()) return;
    turn::BargeInSettings settings = settings_.turn_detection->barge_in;
    settings.interruptible = reply_->interruptible;
    settings.agent_heard = playout_.sent() > 0;
    overlap_.emplace(Overlap{.judge = {settings, *lexicon_}, .record = {.start = begin}});
  }
  const bool far = limits_.level_gate && user_level_.far(power);
  overlap_->judge.on_window(speech, end, end - begin, far);
}

void Session::settle_overlap() {
  if (!overlap_) return;
  const turn::BargeIn& judge = overlap_->judge;
  if (judge.stops() && user_turn_) {
    keep_overlap_record(true);
    overlap_.reset();
    announce_turn();
    if (reply_) cut_reply(ReplyFinished::Reason::kTurnDetected);
    return;
  }
  if (machine_.state() == turn::TurnMachine::State::kSilent) {
    end_overlap();
    return;
  }
  set_level(level_of(judge.level()));
  if (judge.dismissed() && !overlap_->record.judged_at) keep_overlap_record(false);
  if (user_turn_ && judge.wants_words()) ask_words();
}

void Session::set_level(Playout::Level level) {
  if (!reply_ || playout_.level() == level) return;
  playout_.set_level(level);
  if (level == Playout::Level::kDucked) overlap_->record.ducked_at = now_;
  if (level == Playout::Level::kHeld) overlap_->record.held_at = now_;
  notify(ReplyLevel{reply_->response_id, level});
}

void Session::ask_words() {
  overlap_->judge.asked();
  overlap_->probe = start_stt(input_.copy(user_turn_->begin, input_.received_time()));
}

void Session::on_overlap_words(const Result<speech::Transcript>& result) {
  if (result) {
    if (!blank(result->text)) {  // somebody is there
      prompts_ = 0;
      goodbye_ = false;
    }
    overlap_->judge.on_words(result->text);
    overlap_->record.words.push_back(result->text);
  } else {
    overlap_->judge.on_no_words();
  }
  settle_overlap();
}

bool Session::heard_in_overlap() const {
  return reply_ && !reply_->interruptible &&
         overlap_->judge.words() == turn::OverlapWords::Kind::kSpeech;
}

void Session::keep_overlap_record(bool stopped) {
  OverlapRecord& record = overlap_->record;
  record.judged_at = now_;
  record.stopped = stopped;
  if (!reply_) return;
  auto& overlaps = reply_->record.overlaps;
  overlaps.push_back(record);
  if (overlaps.size() > kRemembered) overlaps.erase(overlaps.begin());
}

void Session::end_overlap() {
  if (!overlap_) return;
  if (overlap_->probe) actions_->emplace_back(CancelWork{*overlap_->probe});
  if (!overlap_->record.judged_at) keep_overlap_record(false);
  set_level(Playout::Level::kFull);
  overlap_.reset();
  start_waiting_reply();
}

void Session::leave_floor() {
  using Kind = turn::OverlapWords::Kind;
  const turn::BargeIn& judge = overlap_->judge;
  const bool answers = judge.words() == Kind::kBackchannel && conversation_.asks();
  if (judge.dismissed() && !answers) return;  // noise, or "mm": judged on
  if (overlap_->probe) actions_->emplace_back(CancelWork{*overlap_->probe});
  keep_overlap_record(false);
  overlap_.reset();
  if (user_turn_) announce_turn();
}

}  // namespace eva::session
