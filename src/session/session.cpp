#include "session/session.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace eva::session {
namespace {
bool is_command(const Event& event) {
  return !std::holds_alternative<AudioReceived>(event) && !std::holds_alternative<Ticked>(event) &&
         !std::holds_alternative<SttFinished>(event) &&
         !std::holds_alternative<SttPartial>(event) && !std::holds_alternative<TurnScored>(event) &&
         !std::holds_alternative<LlmText>(event) && !std::holds_alternative<LlmFinished>(event) &&
         !std::holds_alternative<TtsAudio>(event) && !std::holds_alternative<TtsFinished>(event) &&
         !std::holds_alternative<RetrieveItem>(event);
}
}  // namespace

Session::Session(SessionParts parts)
    : vad_(std::move(parts.vad)),
      end_of_turn_(std::move(parts.end_of_turn)),
      lexicon_(std::move(parts.lexicon)),
      settings_(std::move(parts.settings)),
      limits_(parts.limits),
      suffix_(std::move(parts.id_suffix)),
      id_("sess_" + suffix_),
      machine_(settings_.turn_detection.value_or(TurnDetection{}).turn,
               end_of_turn_(settings_.turn_detection.value_or(TurnDetection{}).turn)),
      conversation_(limits_.items),
      playout_(limits_.playout_lead) {
  EVA_CHECK(lexicon_);
}

void Session::on(const Event& event, Time now, std::vector<Action>& actions) {
  EVA_CHECK(now >= now_);
  now_ = now;
  actions_ = &actions;
  if (speculation_ && is_command(event)) {  // what it was built on may change
    drop_speculation();
  }
  if (is_command(event)) silent_since_.reset();
  std::visit([this](const auto& e) { handle(e); }, event);
  if (settings_.turn_detection) process_windows();
  bound_wait();
  pump_playout();
  mind_silence();
  actions_ = nullptr;
}

std::optional<Time> Session::next_deadline() const {
  std::optional<Time> reply;
  if (reply_) {
    reply = reply_->state == Reply::State::kSent ? playout_.heard_all_at().value_or(now_)
                                                 : playout_.next_frame_at();
  } else if (silent_since_) {
    reply = *silent_since_ + limits_.silence.after;
  }
  const std::optional<Time> silence = next_silence_at();
  std::optional<Time> next;
  for (const auto& due : {reply, evidence_due_, silence}) {
    if (due && (!next || *due < *next)) next = due;
  }
  return next;
}

bool Session::is_current(TurnId turn) const {
  return (user_turn_ && (user_turn_->stt == turn || user_turn_->listening == turn)) ||
         (overlap_ && overlap_->probe == turn) || transcribing_.contains(turn) ||
         (reply_ && reply_->turn == turn) || is_speculation(turn);
}

std::string Session::new_id(const char* kind) {
  std::string id;
  do {
    id = std::string(kind) + "_" + suffix_ + std::to_string(++last_id_);
  } while (conversation_.find(id));  // the client may have taken it
  return id;
}

void Session::notify(Notice notice) {
  actions_->emplace_back(Notify{std::move(notice)});
}

void Session::refuse(const std::string& event_id, const char* code, std::string message,
                     const char* param) {
  notify(CommandRefused{event_id, code, std::move(message), param});
}

void Session::handle(const ChangeSettings& event) {
  const bool was_on = settings_.turn_detection.has_value();
  settings_ = event.settings;
  if (overlap_ && !(settings_.turn_detection && settings_.turn_detection->interrupt_response)) {
    end_overlap();
    if (user_turn_ && settings_.turn_detection) announce_turn();
  }
  if (settings_.turn_detection) {
    const auto& turn = settings_.turn_detection->turn;
    machine_.configure(turn, end_of_turn_(turn));
    if (!was_on) skip_windows();
  } else if (was_on) {
    machine_.reset();
    drop_user_turn();
  }
  notify(SettingsChanged{settings_});
  start_waiting_reply();
}

void Session::handle(const CreateItem& event) {
  if (!event.audio.empty() && transcribing_.size() >= kTranscriptions) {
    return refuse_transcription(event.event_id);
  }
  Item item = event.item;
  if (item.id.empty()) item.id = new_id("item");
  if (user_turn_ && user_turn_->item_id == item.id) {
    refuse(event.event_id, "invalid_value", "an item with id '" + item.id + "' exists", "item.id");
    return;
  }
  if (const auto added = conversation_.add(item, event.previous); !added) {
    const bool exists = added.error().code == ErrorCode::kBadInput;
    refuse(event.event_id, "invalid_value", added.error().detail,
           exists ? "item.id" : "previous_item_id");
    return;
  }
  notify(ItemAdded{item, conversation_.previous_of(item.id)});
  if (!event.audio.empty()) {
    const auto samples = static_cast<std::int64_t>(event.audio.size());
    Transcribing work{.item_id = item.id,
                      .audio = samples_to_duration(samples, speech::kSttRate),
                      .respond = false,
                      .record = {.user_item_id = item.id, .stt_started_at = now_}};
    transcribing_.emplace(start_stt(event.audio), std::move(work));
  }
}

void Session::refuse_transcription(const std::string& event_id) {
  refuse(event_id, "rate_limit_exceeded",
         "The texts of " + std::to_string(kTranscriptions) +
             " items are awaited already. Wait for one of them.");
}

void Session::handle(const DeleteItem& event) {
  if (!conversation_.remove(event.item_id)) {
    refuse(event.event_id, "item_delete_invalid_item_id",
           "Error deleting item: the item with id '" + event.item_id + "' does not exist.",
           "item_id");
    return;
  }
  notify(ItemDeleted{event.item_id});
}

void Session::handle(const RetrieveItem& event) {
  const Item* item = conversation_.find(event.item_id);
  if (!item) {
    refuse(event.event_id, "item_retrieve_invalid_item_id",
           "Error retrieving item: the item with id '" + event.item_id + "' does not exist.",
           "item_id");
    return;
  }
  notify(ItemRetrieved{*item});
}

void Session::handle(const TruncateItem& event) {
  const auto samples = duration_to_samples(event.audio_end, Playout::kRate);
  if (reply_ && reply_->item_id == event.item_id && reply_->audio) {
    if (samples > playout_.sent()) {
      refuse(event.event_id, "invalid_value",
             "Audio content of " +
                 std::to_string(to_ms(samples_to_duration(playout_.sent(), Playout::kRate))) +
                 "ms is already shorter than " + std::to_string(to_ms(event.audio_end)) + "ms",
             "audio_end_ms");
      return;
    }
    cut_reply(ReplyFinished::Reason::kClientCancelled, samples);
    notify(ItemTruncated{event.item_id, event.audio_end});
    return;
  }
  const auto heard = std::ranges::find(heard_, event.item_id, &Heard::item_id);
  Item* item = conversation_.find(event.item_id);
  if (heard == heard_.end() || !item) {
    refuse(event.event_id, "item_truncate_invalid_item_id",
           "Error truncating item: '" + event.item_id +
               "' is not a recent assistant message with audio.",
           "item_id");
    return;
  }
  if (samples > heard->samples) {
    refuse(event.event_id, "invalid_value",
           "Audio content of " +
               std::to_string(to_ms(samples_to_duration(heard->samples, Playout::kRate))) +
               "ms is already shorter than " + std::to_string(to_ms(event.audio_end)) + "ms",
           "audio_end_ms");
    return;
  }
  item->parts.back().text = heard->spoken.heard(heard->delivery.position(samples));
  item->status = Item::Status::kIncomplete;
  notify(ItemTruncated{event.item_id, event.audio_end});
}

void Session::handle(const CreateReply& event) {
  if ((reply_ && reply_->state != Reply::State::kSent) || queued_reply_) {
    refuse(event.event_id, "conversation_already_has_active_response",
           "Conversation already has an active response in progress" +
               (reply_ ? ": " + reply_->response_id : std::string()) +
               ". Wait until the response is finished before creating a new one.");
    return;
  }
  request_reply(event.options, TurnRecord{});
}

void Session::handle(const CancelReply& event) {
  if (queued_reply_ && reply_ && reply_->state == Reply::State::kSent &&
      event.response_id.empty()) {
    close_reply();  // of the one before only the listener's buffer was left
    if (reply_) cut_reply(ReplyFinished::Reason::kClientCancelled);
    return;
  }
  const bool active = reply_ && reply_->state != Reply::State::kSent &&
                      (event.response_id.empty() || event.response_id == reply_->response_id);
  if (!active) {
    refuse(event.event_id, "response_cancel_not_active",
           "Cancellation failed: no active response found", "response_id");
    return;
  }
  cut_reply(ReplyFinished::Reason::kClientCancelled);
}

void Session::handle(const Greet& event) {
  if (!reply_ && !blank(event.text)) say(event.text);
}

void Session::say(std::string_view text) {
  open_reply({}, TurnRecord{});
  Reply& reply = *reply_;
  reply.state = Reply::State::kThinking;
  reply.record.reply_started_at = now_;
  take_text(text);
  reply.text_finished = true;
  reply.splitter.finish();
  pump_voice();
}

// ------------------------------------------------------------------ long silences

bool Session::nobody_speaks() const {
  return !reply_ && !user_turn_ && !overlap_ && transcribing_.empty();
}

void Session::mind_silence() {
  const LongSilence& silence = limits_.silence;
  if (silence.after == Duration{} || !settings_.turn_detection || !has_spoken_) return;
  if (!nobody_speaks()) {
    silent_since_.reset();
    return;
  }
  if (std::exchange(goodbye_, false)) {
    has_spoken_ = false;  // it is over
    notify(CallEnded{});
    return;
  }
  if (!silent_since_) silent_since_ = now_;
  if (now_ < *silent_since_ + silence.after) return;
  silent_since_.reset();
  if (prompts_ < silence.prompts) {
    ++prompts_;
    say(silence.prompt);
  } else if (!silence.goodbye.empty()) {
    goodbye_ = true;
    say(silence.goodbye);
  } else {
    has_spoken_ = false;  // until she is asked something
  }
}

}  // namespace eva::session
