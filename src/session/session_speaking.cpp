// The part of Session that speaks: one reply after the other, from the brain to the listener.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "session/session.h"

namespace eva::session {
namespace {
constexpr std::size_t kRememberedReplies = 8;
}  // namespace

void Session::request_reply(ReplyOptions options, TurnRecord record) {
  if (reply_ && reply_->state == Reply::State::kWaiting) {
    // It has not asked the brain yet and will answer both.
    std::swap(reply_->record, record);
    reply_->record.response_id = reply_->response_id;
    if (!record.user_item_id.empty()) notify(TurnClosed{std::move(record)});
    return;
  }
  if (queued_reply_) {
    std::swap(queued_reply_->second, record);
    if (!record.user_item_id.empty()) notify(TurnClosed{std::move(record)});
    return;
  }
  if (reply_) {  // one at a time: it starts when the listener has heard this one
    queued_reply_.emplace(std::move(options), std::move(record));
    return;
  }
  open_reply(std::move(options), std::move(record));
  start_waiting_reply();
}

void Session::open_reply(ReplyOptions options, TurnRecord record) {
  Reply& reply = reply_.emplace();
  reply.turn = new_turn();
  reply.response_id = new_id("resp");
  reply.audio = options.audio_output.value_or(settings_.audio_output);
  reply.voice = options.voice.value_or(settings_.voice);
  reply.speed = settings_.speed;
  reply.options = std::move(options);
  reply.record = std::move(record);
  reply.record.response_id = reply.response_id;
  playout_.start();
  if (const auto wish = reply.options.metadata.find("eva.interruptible");
      wish != reply.options.metadata.end()) {
    reply.interruptible = wish->second != "false";
  }
  notify(ReplyStarted{reply.response_id, reply.audio, reply.options.metadata});
}

void Session::start_waiting_reply() {
  if (!reply_ || reply_->state != Reply::State::kWaiting || !transcribing_.empty()) return;
  // Asked for while the user speaks: she would talk over them, and without their words.
  // What is said over her waits for its verdict.
  if ((user_turn_ || overlap_) && settings_.turn_detection->interrupt_response) return;
  Reply& reply = *reply_;
  reply.state = Reply::State::kThinking;
  if (adopt_speculation()) return;
  reply.record.reply_started_at = now_;
  actions_->emplace_back(StartLlm{
      reply.turn, chat_request(reply.options.instructions.value_or(settings_.instructions),
                               reply.options.max_output_tokens ? reply.options.max_output_tokens
                                                               : settings_.max_output_tokens)});
}

speech::LlmRequest Session::chat_request(const std::string& instructions,
                                         std::optional<int> max_tokens,
                                         const std::string& next) const {
  return {.messages = conversation_.messages(instructions, limits_.context_characters, next),
          .max_tokens = max_tokens};
}

void Session::handle(const LlmText& event) {
  if (!is_current(event.turn) || hold(event) || reply_->text_finished) return;
  take_text(event.text);
  pump_voice();
}

void Session::take_text(std::string_view text) {
  Reply& reply = *reply_;
  if (reply.item_id.empty()) {
    reply.record.first_token_at = now_;
    reply.item_id = new_id("item");
    const auto kind = reply.audio ? Item::Part::Kind::kOutputAudio : Item::Part::Kind::kOutputText;
    Item item{.id = reply.item_id,
              .role = Item::Role::kAssistant,
              .status = Item::Status::kInProgress,
              .parts = {{kind, ""}}};
    EVA_CHECK(conversation_.add(std::move(item)).has_value());
    notify(ReplyItemStarted{reply.response_id, reply.item_id, reply.audio,
                            conversation_.previous_of(reply.item_id)});
  }
  const std::size_t room = limits_.reply_characters - reply.text.size();
  reply.text += text.substr(0, room);
  if (reply.audio) {
    reply.splitter.push(text.substr(0, room));
  } else {
    reply.state = Reply::State::kSpeaking;
    notify(ReplyText{reply.response_id, reply.item_id, std::string(text.substr(0, room)), false});
  }
  if (text.size() >= room) {
    reply.text_finished = true;
    reply.usage.truncated = true;
    reply.splitter.finish();
    actions_->emplace_back(CancelLlm{reply.turn});
  }
}

void Session::handle(const LlmFinished& event) {
  if (!is_current(event.turn) || hold(event) || reply_->text_finished) return;
  Reply& reply = *reply_;
  reply.text_finished = true;
  reply.splitter.finish();
  if (event.result) {
    reply.usage = *event.result;
  } else {
    reply.error = event.result.error();
    reply.record.error = "llm: " + event.result.error().detail;
  }
  pump_voice();
}

// Gives the voice its next pieces: two at a time, so that a remote voice's latency hides behind the
// piece before, and no more than 8 s ahead, so that an interruption wastes little.
void Session::pump_voice() {
  constexpr std::int64_t kAhead = 8 * Playout::kRate;
  constexpr std::size_t kParallel = 2;
  Reply& reply = *reply_;
  if (!reply.audio || reply.voice_failed) return;
  while (auto piece = reply.splitter.pop()) {
    reply.spoken.begin_piece(std::move(*piece));
    reply.early_audio.emplace_back();
    reply.tts_finished.push_back(false);
  }
  while (reply.next_tts < reply.spoken.pieces() && reply.next_tts - reply.playing < kParallel &&
         playout_.waiting() < kAhead) {
    const std::size_t piece = reply.next_tts++;
    if (blank(reply.spoken.text(piece))) {
      handle(TtsFinished{reply.turn, piece, {}});
      continue;
    }
    actions_->emplace_back(
        StartTts{reply.turn, piece, {reply.spoken.text(piece), reply.voice, reply.speed}});
  }
  if (reply.text_finished && reply.playing == reply.spoken.pieces()) playout_.finish();
}

void Session::handle(const TtsAudio& event) {
  if (!is_current(event.turn) || hold(event)) return;
  Reply& reply = *reply_;
  if (!reply.record.first_audio_at) reply.record.first_audio_at = now_;
  if (reply.spoken.audio_of(event.piece) > kLongestPiece) {
    handle(TtsFinished{event.turn, event.piece,
                       fail(ErrorCode::kProtocol, "the voice does not end its speech")});
    return;
  }
  reply.spoken.add_audio(event.piece, static_cast<std::int64_t>(event.pcm.size()));
  if (event.piece == reply.playing) {
    playout_.push(event.pcm);
  } else {
    auto& early = reply.early_audio[event.piece];
    early.insert(early.end(), event.pcm.begin(), event.pcm.end());
  }
}

void Session::handle(const TtsFinished& event) {
  if (!is_current(event.turn) || hold(event)) return;
  Reply& reply = *reply_;
  reply.tts_finished[event.piece] = true;
  reply.spoken.finish_piece(event.piece);
  if (!event.result && !reply.error) {
    // What was spoken stays; the rest of the reply is given up.
    reply.error = event.result.error();
    reply.record.error = "tts: " + event.result.error().detail;
    reply.text_finished = reply.voice_failed = true;
    actions_->emplace_back(CancelWork{reply.turn});
    playout_.finish();
    return;
  }
  while (reply.playing < reply.spoken.pieces() && reply.tts_finished[reply.playing]) {
    if (++reply.playing < reply.spoken.pieces()) {
      playout_.push(reply.early_audio[reply.playing]);
      reply.early_audio[reply.playing].clear();
    }
  }
  pump_voice();
}

void Session::pump_playout() {
  if (!reply_) return;
  Reply& reply = *reply_;
  if (reply.state == Reply::State::kSent) {
    if (now_ >= playout_.heard_all_at().value_or(now_)) close_reply();
    return;
  }
  const auto announce = [&] {
    while (reply.announced < reply.spoken.pieces() && reply.announced <= reply.playing &&
           reply.spoken.start(reply.announced) <= playout_.position()) {
      notify(
          ReplyText{reply.response_id, reply.item_id, reply.spoken.text(reply.announced++), true});
    }
  };
  while (playout_.next_frame_at() && *playout_.next_frame_at() <= now_) {
    announce();
    const Time heard_at = playout_.next_heard_at(now_);
    const auto frame = playout_.next_frame(now_);
    guard_against(frame, heard_at);
    if (!reply.record.first_audible_at) reply.record.first_audible_at = now_;
    reply.state = Reply::State::kSpeaking;
    notify(ReplyAudio{reply.response_id, reply.item_id, {frame.begin(), frame.end()}});
    pump_voice();  // there may be room again
  }
  const bool text_done = !reply.audio && reply.text_finished;
  if (!text_done && !(reply.audio && playout_.sent_all())) return;
  if (!reply.error) {
    announce();
    finish_reply(reply.usage.truncated ? ReplyFinished::Status::kIncomplete
                                       : ReplyFinished::Status::kCompleted,
                 reply.usage.truncated ? ReplyFinished::Reason::kMaxOutputTokens
                                       : ReplyFinished::Reason::kNone);
  } else {
    finish_reply(ReplyFinished::Status::kFailed, ReplyFinished::Reason::kNone);
  }
  if (now_ >= playout_.heard_all_at().value_or(now_)) close_reply();
}

// All that will be sent is sent. The client's item holds the text it was given, the conversation's
// the text whose audio it was given.
void Session::finish_reply(ReplyFinished::Status status, ReplyFinished::Reason reason) {
  Reply& reply = *reply_;
  ReplyFinished finished{.response_id = reply.response_id,
                         .status = status,
                         .reason = reason,
                         .error = reply.error,
                         .item = std::nullopt,
                         .audio = reply.audio,
                         .metadata = reply.options.metadata,
                         .usage = reply.usage,
                         .audio_sent = samples_to_duration(playout_.sent(), Playout::kRate)};
  if (!reply.item_id.empty()) {
    const bool complete = status == ReplyFinished::Status::kCompleted;
    const std::string text = reply.audio ? reply.spoken.first_pieces(reply.announced) : reply.text;
    Item item{
        .id = reply.item_id,
        .role = Item::Role::kAssistant,
        .status = complete ? Item::Status::kCompleted : Item::Status::kIncomplete,
        .parts = {
            {reply.audio ? Item::Part::Kind::kOutputAudio : Item::Part::Kind::kOutputText, text}}};
    finished.item = item;
    if (reply.audio && !complete) item.parts.back().text = reply.spoken.heard(playout_.position());
    if (Item* kept = conversation_.find(reply.item_id)) *kept = std::move(item);
  }
  reply.state = Reply::State::kSent;
  notify(std::move(finished));
}

// Stops the reply now. `heard`: samples that the client says were played; else the playout's model.
void Session::cut_reply(ReplyFinished::Reason reason, std::optional<std::int64_t> heard) {
  Reply& reply = *reply_;
  if (reply.state == Reply::State::kSent && !heard && !playout_.audible(now_)) {
    close_reply();
    return;
  }
  const std::int64_t samples = heard.value_or(playout_.heard(now_));
  if (reply.state != Reply::State::kSent) {
    actions_->emplace_back(CancelWork{reply.turn});
    playout_.flush();
    if (echo_) echo_->forget_after(input_.received_time() + (now_ - audio_at_));
    finish_reply(ReplyFinished::Status::kCancelled, reason);
  }
  reply.record.interrupted = reason == ReplyFinished::Reason::kTurnDetected;
  reply.record.interrupted_at = now_;
  reply.record.reply_text = reply.text;
  if (reply.audio) {
    reply.record.heard_text = reply.spoken.heard(playout_.delivery().position(samples));
    reply.record.heard = samples_to_duration(samples, Playout::kRate);
    if (Item* item = conversation_.find(reply.item_id)) {
      item->parts.back().text = reply.record.heard_text;
      item->status = Item::Status::kIncomplete;
    }
  }
  end_reply();
  // Whoever was promised a reply after this one gets its start and its end, but no voice.
  if (reply_ && reason == ReplyFinished::Reason::kTurnDetected) cut_reply(reason);
}

// The listener has heard the reply to its end.
void Session::close_reply() {
  has_spoken_ = true;
  Reply& reply = *reply_;
  reply.record.reply_text = reply.text;
  if (reply.audio) {
    reply.record.heard_text = reply.spoken.heard(playout_.position());
    reply.record.heard = samples_to_duration(playout_.sent(), Playout::kRate);
  }
  end_reply();
}

void Session::end_reply() {
  if (reply_->audio && !reply_->item_id.empty()) {
    heard_.push_back(
        {reply_->item_id, std::move(reply_->spoken), playout_.sent(), playout_.delivery()});
    if (heard_.size() > kRememberedReplies) heard_.pop_front();
  }
  if (overlap_) leave_floor();
  notify(TurnClosed{std::move(reply_->record)});
  reply_.reset();
  if (queued_reply_) {
    auto [options, record] = *std::exchange(queued_reply_, std::nullopt);
    // What a turn asked for may have been answered meanwhile; what the client asked for never is.
    const bool of_a_turn = !record.user_item_id.empty();
    if (of_a_turn && !conversation_.awaits_answer()) {
      notify(TurnClosed{std::move(record)});
      return;
    }
    request_reply(std::move(options), std::move(record));
  }
}

}  // namespace eva::session
