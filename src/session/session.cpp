#include "session/session.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace eva::session {
namespace {
// The protocol's least audio of a commit is 100 ms; a resampler may still hold 3 ms of it.
constexpr Duration kMinCommit = 97ms;
constexpr Duration kCandidateKept = 1s;  // audio kept while nobody speaks, besides the padding
constexpr std::size_t kRememberedReplies = 8;

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
      settings_(std::move(parts.settings)),
      limits_(parts.limits),
      suffix_(std::move(parts.id_suffix)),
      id_("sess_" + suffix_),
      machine_(settings_.turn_detection.value_or(TurnDetection{}).turn,
               end_of_turn_(settings_.turn_detection.value_or(TurnDetection{}).turn)),
      conversation_(limits_.items) {}

void Session::on(const Event& event, Time now, std::vector<Action>& actions) {
  EVA_CHECK(now >= now_);
  now_ = now;
  actions_ = &actions;
  if (speculation_ && is_command(event)) {  // what it was built on may change
    drop_speculation();
  }
  std::visit([this](const auto& e) { handle(e); }, event);
  pump_playout();
  actions_ = nullptr;
}

std::optional<Time> Session::next_deadline() const {
  if (!reply_) return std::nullopt;
  if (reply_->state == Reply::State::kSent) {
    return playout_.heard_all_at().value_or(now_);
  }
  return playout_.next_frame_at();
}

bool Session::is_current(TurnId turn) const {
  return (user_turn_ && (user_turn_->stt == turn || user_turn_->listening == turn)) ||
         transcribing_.contains(turn) || (reply_ && reply_->turn == turn) || is_speculation(turn);
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

// ------------------------------------------------------------------ the user's audio

void Session::handle(const AudioReceived& event) {
  input_.push(event.pcm);
  if (settings_.turn_detection) {
    process_windows();
  } else if (input_.kept() > limits_.manual_buffer) {
    input_.forget_before(input_.received_time() - limits_.manual_buffer);
  }
}

void Session::process_windows() {
  constexpr auto kLength = samples_to_duration(vad::kWindow, vad::kRate);
  while (input_.received() - next_window_ >= vad::kWindow) {
    const Duration begin = samples_to_duration(next_window_, vad::kRate);
    next_window_ += vad::kWindow;
    const Duration end = samples_to_duration(next_window_, vad::kRate);
    const auto window = input_.copy(begin, end);
    const float probability = vad_->speech_probability(window);
    // A copy: handling an event may touch the machine.
    const bool interrupts = reply_ && settings_.turn_detection->interrupt_response;
    const auto events = machine_.on_window(probability, end, kLength, interrupts);
    for (const auto& event : events) {
      std::visit([this](const auto& e) { on_turn_event(e); }, event);
    }
  }
  feed_partials();
  const Duration padding = settings_.turn_detection->prefix_padding;
  const Duration needed_from =
      machine_.speech_start().value_or(input_.received_time() - kCandidateKept);
  input_.forget_before(needed_from - padding);
}

void Session::on_turn_event(const turn::SpeechStarted& event) {
  UserTurn& turn = user_turn_.emplace();
  turn.item_id = new_id("item");
  turn.begin = std::max(
      {event.start - settings_.turn_detection->prefix_padding, committed_until_, input_.begin()});
  turn.record.user_item_id = turn.item_id;
  turn.record.speech_start = event.start;
  machine_.set_asked(conversation_.asks());
  notify(UserSpeechStarted{turn.item_id, turn.begin});
  listen();
  if (reply_ && settings_.turn_detection->interrupt_response) {
    cut_reply(ReplyFinished::Reason::kTurnDetected);
  }
}

void Session::listen() {
  if (!limits_.partials) return;
  UserTurn& turn = *user_turn_;
  turn.listening = new_turn();
  turn.fed = turn.begin;
  actions_->emplace_back(ListenStt{*turn.listening, {settings_.language, settings_.prompt}});
}

void Session::feed_partials() {
  constexpr Duration kAtOnce = 100ms;  // fewer, larger messages to the recogniser
  if (!user_turn_ || !user_turn_->listening) return;
  const Duration received = input_.received_time();
  if (received - user_turn_->fed < kAtOnce) return;
  actions_->emplace_back(FeedStt{*user_turn_->listening, input_.copy(user_turn_->fed, received)});
  user_turn_->fed = received;
}

void Session::handle(const SttPartial& event) {
  if (!is_current(event.turn)) return;
  const std::string& committed = event.partial.committed;
  std::string& shown = user_turn_->shown;
  if (committed.size() <= shown.size() || !committed.starts_with(shown)) return;
  notify(TranscriptionDelta{user_turn_->item_id, committed.substr(shown.size())});
  shown = committed;
}

void Session::handle(const TurnScored& event) {
  if (!is_current(event.turn) || !event.probability) return;
  if (user_turn_ && user_turn_->stt == event.turn) machine_.set_probability(*event.probability);
}

void Session::on_turn_event(const turn::SpeechPaused&) {
  user_turn_->record.stt_started_at = now_;
  auto audio = input_.copy(user_turn_->begin, input_.received_time());
  user_turn_->stt = start_stt(audio);
  actions_->emplace_back(ScoreTurn{*user_turn_->stt, std::move(audio)});
}

void Session::on_turn_event(const turn::SpeechResumed&) {
  drop_speculation();
  actions_->emplace_back(CancelWork{*std::exchange(user_turn_->stt, std::nullopt)});
  user_turn_->early.reset();
}

void Session::on_turn_event(const turn::TurnEnded& event) {
  UserTurn turn = *std::exchange(user_turn_, std::nullopt);
  const Duration end = samples_to_duration(next_window_, vad::kRate);
  turn.record.speech_end = event.speech_end;
  turn.record.speech_end_at = now_ - (input_.received_time() - event.speech_end);
  turn.record.turn_ended_at = now_;
  notify(UserSpeechStopped{turn.item_id, end});
  commit(std::move(turn), end, settings_.turn_detection->create_response);
}

TurnId Session::start_stt(std::vector<std::int16_t> pcm) {
  const TurnId turn = new_turn();
  actions_->emplace_back(StartStt{turn, {std::move(pcm), settings_.language, settings_.prompt}});
  return turn;
}

void Session::commit(UserTurn turn, Duration end, bool respond) {
  Transcribing work{.item_id = turn.item_id,
                    .audio = end - turn.begin,
                    .respond = respond,
                    .shown = std::move(turn.shown),
                    .record = std::move(turn.record)};
  if (!turn.stt) {
    work.record.stt_started_at = now_;
    turn.stt = start_stt(input_.copy(turn.begin, end));
  }
  if (turn.listening) actions_->emplace_back(CancelWork{*turn.listening});
  committed_until_ = end;
  Item item{.id = work.item_id, .parts = {{Item::Part::Kind::kInputAudio, ""}}};
  EVA_CHECK(conversation_.add(item).has_value());
  auto previous = conversation_.previous_of(item.id);
  notify(InputCommitted{item.id, previous});
  notify(ItemAdded{std::move(item), std::move(previous)});
  if (turn.early) {
    finish_transcription(std::move(work), *turn.early);
  } else {
    transcribing_.emplace(*turn.stt, std::move(work));
  }
}

void Session::handle(const SttFinished& event) {
  if (!is_current(event.turn)) return;
  if (user_turn_ && user_turn_->stt == event.turn) {
    user_turn_->record.stt_final_at = now_;
    user_turn_->early = event.result;
    if (event.result) machine_.set_text(event.result->text);
    speculate();
    return;
  }
  auto work = transcribing_.extract(event.turn);
  work.mapped().record.stt_final_at = now_;
  finish_transcription(std::move(work.mapped()), event.result);
}

void Session::finish_transcription(Transcribing work, const Result<speech::Transcript>& result) {
  if (!result) {
    work.record.error = "stt: " + result.error().detail;
    notify(TranscriptionFailed{work.item_id, result.error()});
  } else {
    if (Item* item = conversation_.find(work.item_id)) item->parts.back().text = result->text;
    work.record.user_text = result->text;
    // The last words, unless the whole turn was understood differently in the end.
    if (result->text.size() > work.shown.size() && result->text.starts_with(work.shown)) {
      notify(TranscriptionDelta{work.item_id, result->text.substr(work.shown.size())});
    }
    notify(TranscriptionCompleted{work.item_id, result->text, work.audio});
  }
  // A turn without words (noise) needs no answer, unless it cut off the answer to the one before.
  // While the user speaks again, the answer comes after that.
  const bool wanted = work.respond && conversation_.awaits_answer() && !user_turn_;
  if (wanted) {
    request_reply({}, std::move(work.record));
  } else {
    notify(TurnClosed{std::move(work.record)});
  }
  start_waiting_reply();
  drop_speculation();  // if no reply took its place
}

void Session::handle(const CommitInput& event) {
  const Duration begin =
      user_turn_ ? user_turn_->begin : std::max(input_.begin(), committed_until_);
  const Duration end = input_.received_time();
  if (end - begin < kMinCommit) {
    refuse(event.event_id, "input_audio_buffer_commit_empty",
           "Error committing input audio buffer: buffer too small. Expected at least 100ms of "
           "audio.");
    return;
  }
  if (transcribing_.size() >= kTranscriptions) return refuse_transcription(event.event_id);
  UserTurn turn = std::exchange(user_turn_, std::nullopt).value_or(UserTurn{});
  turn.begin = begin;
  if (turn.item_id.empty()) {
    turn.item_id = new_id("item");
    turn.record.user_item_id = turn.item_id;
  } else if (turn.stt) {  // it misses the newest audio
    actions_->emplace_back(CancelWork{*turn.stt});
    turn.stt.reset();
    turn.early.reset();
  }
  turn.record.turn_ended_at = now_;
  machine_.reset();
  commit(std::move(turn), end, false);
  input_.forget_before(end);
  next_window_ = input_.received();
}

void Session::handle(const ClearInput&) {
  drop_user_turn();
  machine_.reset();
  input_.forget_before(input_.received_time());
  next_window_ = input_.received();
  notify(InputCleared{});
  start_waiting_reply();
}

void Session::drop_user_turn() {
  if (!user_turn_) return;
  for (const auto& work : {user_turn_->stt, user_turn_->listening}) {
    if (work) actions_->emplace_back(CancelWork{*work});
  }
  user_turn_.reset();
}

// ------------------------------------------------------------------ commands

void Session::handle(const ChangeSettings& event) {
  const bool was_on = settings_.turn_detection.has_value();
  settings_ = event.settings;
  if (settings_.turn_detection) {
    const auto& turn = settings_.turn_detection->turn;
    machine_.configure(turn, end_of_turn_(turn));
    if (!was_on) next_window_ = input_.received();
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
  item->parts.back().text = heard->spoken.heard(samples);
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
  if (reply_ || blank(event.text)) return;
  open_reply({}, TurnRecord{});
  Reply& reply = *reply_;
  reply.state = Reply::State::kThinking;
  reply.record.reply_started_at = now_;
  take_text(event.text);
  reply.text_finished = true;
  reply.splitter.finish();
  pump_voice();
}

// ------------------------------------------------------------------ the reply

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
  notify(ReplyStarted{reply.response_id, reply.audio, reply.options.metadata});
}

void Session::start_waiting_reply() {
  if (!reply_ || reply_->state != Reply::State::kWaiting || !transcribing_.empty()) return;
  // Asked for while the user speaks: she would talk over them, and without their words.
  if (user_turn_ && settings_.turn_detection->interrupt_response) return;
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
         playout_.pushed() - playout_.sent() < kAhead) {
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
           reply.spoken.start(reply.announced) <= playout_.sent()) {
      notify(
          ReplyText{reply.response_id, reply.item_id, reply.spoken.text(reply.announced++), true});
    }
  };
  while (playout_.next_frame_at() && *playout_.next_frame_at() <= now_) {
    announce();
    const auto frame = playout_.next_frame(now_);
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
    if (reply.audio && !complete) item.parts.back().text = reply.spoken.heard(playout_.sent());
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
    finish_reply(ReplyFinished::Status::kCancelled, reason);
  }
  reply.record.interrupted = reason == ReplyFinished::Reason::kTurnDetected;
  reply.record.interrupted_at = now_;
  reply.record.reply_text = reply.text;
  if (reply.audio) {
    reply.record.heard_text = reply.spoken.heard(samples);
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
  Reply& reply = *reply_;
  reply.record.reply_text = reply.text;
  if (reply.audio) {
    reply.record.heard_text = reply.spoken.heard(playout_.sent());
    reply.record.heard = samples_to_duration(playout_.sent(), Playout::kRate);
  }
  end_reply();
}

void Session::end_reply() {
  if (reply_->audio && !reply_->item_id.empty()) {
    heard_.push_back({reply_->item_id, std::move(reply_->spoken), playout_.sent()});
    if (heard_.size() > kRememberedReplies) heard_.pop_front();
  }
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
