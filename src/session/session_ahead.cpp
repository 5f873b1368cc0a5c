// The part of Session that prepares replies ahead (speculation.h).
#include "session/speculation.h"

#include <utility>

#include "session/session.h"
#include "turn/ending.h"

namespace eva::session {
namespace {
// An early text that took longer shows engines too busy for work that may be in vain.
constexpr Duration kBusyStt = 400ms;
}  // namespace

// The pause has a text: if the turn ends here, this is what it will be answered with.
void Session::speculate() {
  UserTurn& turn = *user_turn_;
  const bool wanted = settings_.turn_detection->create_response && *turn.early &&
                      !blank((*turn.early)->text) && !reply_ && transcribing_.empty();
  const bool may = turn.record.speculations < limits_.speculations &&
                   now_ - *turn.record.stt_started_at <= kBusyStt;
  if (!wanted || !may) return;
  const auto kind = settings_.turn_detection->turn.end_of_turn;
  if (kind == turn::EndOfTurnKind::kDynamic || kind == turn::EndOfTurnKind::kAuto) {
    const auto ending = turn::ending_of((*turn.early)->text);
    if (ending == turn::Ending::kOpen || ending == turn::Ending::kHold) return;  // they go on
  }
  ++turn.record.speculations;
  speculation_.emplace(
      Speculation{.turn = new_turn(), .user_text = (*turn.early)->text, .started_at = now_});
  actions_->emplace_back(StartLlm{
      speculation_->turn,
      chat_request(settings_.instructions, settings_.max_output_tokens, speculation_->user_text)});
}

bool Session::hold(const LlmText& event) {
  if (!is_speculation(event.turn)) return false;
  Speculation& ahead = *speculation_;
  if (ahead.characters > limits_.reply_characters) return true;  // the reply will be cut there
  ahead.characters += event.text.size();
  ahead.held.push_back({now_, event});
  ahead.splitter.push(event.text);
  speak_speculation();
  return true;
}

bool Session::hold(const LlmFinished& event) {
  if (!is_speculation(event.turn)) return false;
  if (!event.result) {  // if the turn ends, the brain is asked once more
    drop_speculation();
    return true;
  }
  speculation_->held.push_back({now_, event});
  speculation_->splitter.finish();
  speak_speculation();
  return true;
}

bool Session::hold(const TtsAudio& event) {
  if (!is_speculation(event.turn)) return false;
  speculation_->samples += static_cast<std::int64_t>(event.pcm.size());
  speculation_->held.push_back({now_, event});
  if (speculation_->samples > kLongestPiece) drop_speculation();
  return true;
}

bool Session::hold(const TtsFinished& event) {
  if (!is_speculation(event.turn)) return false;
  if (!event.result) {
    drop_speculation();
  } else {
    speculation_->held.push_back({now_, event});
  }
  return true;
}

void Session::speak_speculation() {
  Speculation& ahead = *speculation_;
  if (!settings_.audio_output || ahead.pieces > 0) return;
  auto piece = ahead.splitter.pop();
  if (!piece || blank(*piece)) return;
  actions_->emplace_back(
      StartTts{ahead.turn, ahead.pieces++, {std::move(*piece), settings_.voice, settings_.speed}});
}

void Session::drop_speculation() {
  if (!speculation_) return;
  actions_->emplace_back(CancelWork{speculation_->turn});
  TurnRecord* record = user_turn_ ? &user_turn_->record : reply_ ? &reply_->record : nullptr;
  if (record) {
    record->wasted_characters += speculation_->characters;
    record->wasted_voice += samples_to_duration(speculation_->samples, Playout::kRate);
  }
  speculation_.reset();
}

bool Session::adopt_speculation() {
  if (!speculation_) return false;
  Reply& reply = *reply_;
  const auto& items = conversation_.items();
  const bool fits = !items.empty() && items.back().text() == speculation_->user_text &&
                    reply.record.user_item_id == items.back().id;
  if (!fits) {
    drop_speculation();
    return false;
  }
  Speculation ahead = *std::exchange(speculation_, std::nullopt);
  reply.turn = ahead.turn;
  reply.next_tts = ahead.pieces;
  reply.record.speculation_used = true;
  reply.record.reply_started_at = ahead.started_at;
  // The ledger tells when things came, not when they were taken.
  const Time now = now_;
  for (const auto& [at, event] : ahead.held) {
    now_ = at;
    std::visit([this](const auto& e) { handle(e); }, event);
  }
  now_ = now;
  return true;
}

}  // namespace eva::session
