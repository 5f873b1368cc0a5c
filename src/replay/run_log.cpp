#include "replay/run_log.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "replay/describe.h"
#include "session/input_audio.h"
#include "session/playout.h"

namespace eva::replay {
namespace {

using session::Playout;
constexpr int kRate = session::InputAudio::kRate;

// What a mark on the timeline says; "" = the notice is no decision, or shows otherwise. Notices
// that are not listed are called by their names.
std::string label_of(const session::Notice& notice) {
  return std::visit(
      []<typename T>(const T& value) -> std::string {
        if constexpr (std::is_same_v<T, session::UserSpeechStarted>) {
          return "speech";
        } else if constexpr (std::is_same_v<T, session::UserSpeechStopped>) {
          return "turn over";
        } else if constexpr (std::is_same_v<T, session::InputCommitted>) {
          return "";
        } else if constexpr (std::is_same_v<T, session::ReplyStarted>) {
          return "answers";
        } else if constexpr (std::is_same_v<T, session::ReplyFinished>) {
          if (value.status == session::ReplyFinished::Status::kFailed) return "answer failed";
          if (value.status != session::ReplyFinished::Status::kCancelled) return "";
          return value.reason == session::ReplyFinished::Reason::kTurnDetected ? "Eva stops"
                                                                               : "client stops Eva";
        } else if constexpr (std::is_same_v<T, session::ReplyLevel>) {
          return value.level == Playout::Level::kDucked ? "quieter"
                 : value.level == Playout::Level::kHeld ? "holds"
                                                        : "goes on";
        } else if constexpr (std::is_same_v<T, session::CommandRefused>) {
          return "refused";
        } else if constexpr (std::is_same_v<T, session::TranscriptionFailed>) {
          return "no transcript";
        } else if constexpr (std::is_same_v<T, session::SettingsChanged>) {
          return "settings";
        } else if constexpr (std::is_same_v<T, session::TurnClosed> ||
                             std::is_same_v<T, session::ReplyAudio> ||
                             std::is_same_v<T, session::ReplyText> ||
                             std::is_same_v<T, session::ReplyItemStarted> ||
                             std::is_same_v<T, session::ItemAdded> ||
                             std::is_same_v<T, session::ItemRetrieved> ||
                             std::is_same_v<T, session::TranscriptionDelta> ||
                             std::is_same_v<T, session::TranscriptionCompleted>) {
          return "";
        } else {
          std::string name(kName<T>);
          std::ranges::replace(name, '_', ' ');
          return name;
        }
      },
      notice);
}

}  // namespace

void RunLog::on_event(const session::Event& event, Time now) {
  now_ = now;
  if (!begin_) begin_ = now;
  if (const auto* audio = std::get_if<session::AudioReceived>(&event)) {
    received_ += std::ssize(audio->pcm);
    arrivals_.emplace_back(samples_to_duration(received_, kRate), now);
  } else if (const auto* stt = std::get_if<session::SttFinished>(&event)) {
    finish_request(Request::Kind::kStt, stt->turn, 0, true);
  } else if (const auto* llm = std::get_if<session::LlmFinished>(&event)) {
    finish_request(Request::Kind::kLlm, llm->turn, 0, true);
  } else if (const auto* tts = std::get_if<session::TtsFinished>(&event)) {
    finish_request(Request::Kind::kTts, tts->turn, tts->piece, true);
  }
}

void RunLog::on_actions(std::span<const session::Action> actions) {
  const Span open{now_, Time::max()};
  for (const session::Action& action : actions) {
    if (const auto* notify = std::get_if<session::Notify>(&action)) {
      on_notice(notify->notice);
    } else if (const auto* stt = std::get_if<session::StartStt>(&action)) {
      requests_.push_back({Request::Kind::kStt, stt->turn, 0, open});
    } else if (const auto* llm = std::get_if<session::StartLlm>(&action)) {
      requests_.push_back({Request::Kind::kLlm, llm->turn, 0, open});
    } else if (const auto* tts = std::get_if<session::StartTts>(&action)) {
      requests_.push_back({Request::Kind::kTts, tts->turn, tts->piece, open});
    } else if (const auto* no_llm = std::get_if<session::CancelLlm>(&action)) {
      finish_request(Request::Kind::kLlm, no_llm->turn, 0, false);
    } else if (const auto* none = std::get_if<session::CancelWork>(&action)) {
      for (Request& request : requests_) {
        if (request.turn == none->turn && request.span.end == Time::max()) request.span.end = now_;
      }
    }
  }
}

void RunLog::finish_request(Request::Kind kind, TurnId turn, std::size_t piece, bool answered) {
  for (Request& request : requests_) {
    if (request.kind == kind && request.turn == turn && request.piece == piece &&
        request.span.end == Time::max()) {
      request.span.end = now_;
      request.answered = answered;
    }
  }
}

void RunLog::finish() {
  if (reply_) turns_.push_back({*std::exchange(reply_, std::nullopt), std::nullopt});
}

// What is known of a reply before the session has told its whole story.
void RunLog::follow_reply(const session::Notice& notice) {
  if (std::holds_alternative<session::UserSpeechStopped>(notice)) {
    user_ended_at_ = now_;
  } else if (const auto* text = std::get_if<session::TranscriptionCompleted>(&notice)) {
    user_text_ = text->text;
  } else if (const auto* started = std::get_if<session::ReplyStarted>(&notice)) {
    reply_.emplace(session::TurnRecord{.response_id = started->response_id,
                                       .turn_ended_at = std::exchange(user_ended_at_, std::nullopt),
                                       .user_text = std::exchange(user_text_, "")});
  } else if (const auto* said = std::get_if<session::ReplyText>(&notice); said && reply_) {
    reply_->reply_text += said->text;
  } else if (std::holds_alternative<session::ReplyAudio>(notice) && reply_) {
    if (!reply_->first_audible_at) reply_->first_audible_at = now_;
  } else if (const auto* closed = std::get_if<session::TurnClosed>(&notice)) {
    if (reply_ && reply_->response_id == closed->record.response_id) reply_.reset();
  }
}

void RunLog::on_notice(const session::Notice& notice) {
  follow_reply(notice);
  if (std::string label = label_of(notice); !label.empty()) mark(std::move(label));
  if (std::holds_alternative<session::UserSpeechStarted>(notice)) {
    speech_since_ = now_;
  } else if (std::holds_alternative<session::InputCommitted>(notice) ||
             std::holds_alternative<session::InputCleared>(notice)) {
    if (speech_since_) user_turns_.push_back({*speech_since_, now_});
    speech_since_.reset();
  } else if (const auto* audio = std::get_if<session::ReplyAudio>(&notice)) {
    const Duration length = samples_to_duration(std::ssize(audio->pcm), Playout::kRate);
    const bool goes_on = !heard_.empty() && heard_.back().span.end >= now_;
    if (goes_on && heard_.back().response_id == audio->response_id &&
        heard_.back().ducked == ducked_) {
      heard_.back().span.end += length;
    } else {
      const Time begin = goes_on ? heard_.back().span.end : now_;
      heard_.push_back({audio->response_id, {begin, begin + length}, ducked_});
      const auto at =
          static_cast<std::size_t>(duration_to_samples(begin - *begin_, Playout::kRate));
      if (eva_.size() < at) eva_.resize(at);
    }
    eva_.insert(eva_.end(), audio->pcm.begin(), audio->pcm.end());
  } else if (const auto* level = std::get_if<session::ReplyLevel>(&notice)) {
    ducked_ = level->level == Playout::Level::kDucked;
  } else if (std::holds_alternative<session::ReplyStarted>(notice)) {
    ducked_ = false;
  } else if (const auto* closed = std::get_if<session::TurnClosed>(&notice)) {
    close(closed->record);
  }
}

void RunLog::close(const session::TurnRecord& record) {
  Turn turn{record, std::nullopt};
  if (record.speech_start) {
    turn.speech = {spoken_at(*record.speech_start),
                   record.speech_end_at.value_or(record.turn_ended_at.value_or(now_))};
    // A turn that the client committed need not have been over.
    turn.speech->begin = std::min(turn.speech->begin, turn.speech->end);
  }
  turns_.push_back(std::move(turn));
  if (!record.response_id.empty() && record.turn_ended_at) {
    const Time until = record.first_audible_at.value_or(now_);
    if (until > *record.turn_ended_at) thinking_.push_back({*record.turn_ended_at, until});
  }
  if (!record.interrupted_at) return;
  std::erase_if(heard_, [&](const Heard& heard) {
    return heard.response_id == record.response_id && heard.span.begin >= *record.interrupted_at;
  });
  for (Heard& heard : heard_) {
    if (heard.response_id == record.response_id) {
      heard.span.end = std::min(heard.span.end, *record.interrupted_at);
    }
  }
  const auto stopped = static_cast<std::size_t>(
      duration_to_samples(*record.interrupted_at - *begin_, Playout::kRate));
  if (eva_.size() > stopped) eva_.resize(stopped);
}

Time RunLog::spoken_at(Duration media) const {
  const auto arrived = std::ranges::lower_bound(arrivals_, media, {},
                                                [](const auto& arrival) { return arrival.first; });
  if (arrived == arrivals_.end()) return now_;
  return arrived->second - (arrived->first - media);
}

}  // namespace eva::replay
