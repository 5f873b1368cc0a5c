// The part of Session that listens: the user's audio, turns and their texts.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "session/session.h"

namespace eva::session {
namespace {
// The protocol's least audio of a commit is 100 ms; a resampler may still hold 3 ms of it.
constexpr Duration kMinCommit = 97ms;
constexpr Duration kCandidateKept = 1s;  // audio kept while nobody speaks, besides the padding
// How long a pause waits for what decides about it. A reply needs the text anyway, so that waiting
// for it delays nothing that is heard.
constexpr Duration kEvidence = 1s;
constexpr Duration kStalled = 1500ms;  // more than networks take to catch up
constexpr Duration kStalledPace = 100ms;
constexpr auto kLength = samples_to_duration(vad::kWindow, vad::kRate);

double power_of(std::span<const std::int16_t> pcm) {
  double sum = 0;
  for (const double sample : pcm) sum += sample * sample;
  return sum / static_cast<double>(pcm.size());
}
}  // namespace

void Session::handle(const AudioReceived& event) {
  input_.push(event.pcm);
  audio_at_ = now_;
  stalled_ = false;
  if (!settings_.turn_detection && input_.kept() > limits_.manual_buffer) {
    input_.forget_before(input_.received_time() - limits_.manual_buffer);
  }
}

void Session::handle(const Ticked&) {
  if (evidence_due_ && now_ >= *evidence_due_) machine_.give_up_evidence();
  const auto silence = next_silence_at();
  if (!silence || now_ < *silence) return;
  input_.push(std::vector<std::int16_t>(
      static_cast<std::size_t>(duration_to_samples(now_ - audio_at_, InputAudio::kRate))));
  audio_at_ = now_;
  stalled_ = true;
}

// Clients that mute a track send nothing. Whoever was speaking then is silent now, or a turn would
// stay open and she would hold her tongue for ever.
std::optional<Time> Session::next_silence_at() const {
  if (!settings_.turn_detection || (!user_turn_ && !overlap_)) return std::nullopt;
  return audio_at_ + (stalled_ ? kStalledPace : kStalled);
}

// Not while somebody speaks over Eva: whether that stops her cannot wait.
bool Session::keeps_windows_back() const {
  return !overlap_ && machine_.waits(kLength);
}

void Session::bound_wait() {
  if (!settings_.turn_detection || !machine_.waits(kLength)) {
    evidence_due_.reset();
  } else if (!evidence_due_) {
    evidence_due_ = now_ + kEvidence;
  }
}

// Runs after every event: audio may have come, or what kept windows back.
void Session::process_windows() {
  while (input_.received() - next_window_ >= vad::kWindow && !keeps_windows_back()) {
    const Duration begin = samples_to_duration(next_window_, vad::kRate);
    next_window_ += vad::kWindow;
    const Duration end = samples_to_duration(next_window_, vad::kRate);
    const auto window = input_.copy(begin, end);
    const auto [probability, power] = hear(window, begin);
    const bool speech = machine_.is_speech(probability);
    weigh_overlap(speech, power, begin, end);
    if (speech && user_turn_ && !overlap_) user_turn_->power.add(power);
    // A copy: handling an event may touch the machine.
    const auto events = machine_.on_window(probability, end, kLength);
    for (const auto& event : events) {
      std::visit([this](const auto& e) { on_turn_event(e); }, event);
    }
    settle_overlap();
  }
  feed_partials();
  const Duration padding = settings_.turn_detection->prefix_padding;
  const Duration needed_from = machine_.speech_start().value_or(
      samples_to_duration(next_window_, vad::kRate) - kCandidateKept);
  input_.forget_before(needed_from - padding);
}

void Session::skip_windows() {
  next_window_ = input_.received();
  echo_.reset();  // it wants windows without gaps
}

Session::Window Session::hear(std::span<const std::int16_t> window, Duration begin) {
  if (!echo_) return {vad_->speech_probability(window), power_of(window)};
  const auto heard = echo_->hear(window, begin);
  const float probability = vad_->speech_probability(heard.rest);
  return {heard.user_share >= echo::EchoGuard::kUserSpeaks ? probability : 0, power_of(heard.rest)};
}

void Session::guard_against(std::span<const std::int16_t> frame, Time heard_at) {
  if (!limits_.echo_guard || !settings_.turn_detection) return;
  if (!echo_) echo_ = std::make_unique<echo::EchoGuard>();
  echo_->played(frame, input_.received_time() + (heard_at - audio_at_));
}

void Session::on_turn_event(const turn::SpeechStarted& event) {
  UserTurn& turn = user_turn_.emplace();
  turn.item_id = new_id("item");
  turn.begin = std::max(
      {event.start - settings_.turn_detection->prefix_padding, committed_until_, input_.begin()});
  turn.record.user_item_id = turn.item_id;
  turn.record.speech_start = event.start;
  machine_.set_asked(conversation_.asks());
  if (!overlap_) announce_turn();
}

void Session::announce_turn() {
  prompts_ = 0;
  goodbye_ = false;
  notify(UserSpeechStarted{user_turn_->item_id, user_turn_->begin});
  listen();
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
  // Once the final text is asked for, it goes on from the words shown so far.
  if (!is_current(event.turn) || user_turn_->stt) return;
  const std::string& committed = event.partial.committed;
  std::string& shown = user_turn_->shown;
  if (committed.size() <= shown.size() || !committed.starts_with(shown)) return;
  notify(TranscriptionDelta{user_turn_->item_id, committed.substr(shown.size())});
  shown = committed;
}

void Session::handle(const TurnScored& event) {
  if (!user_turn_ || user_turn_->stt != event.turn) return;
  machine_.set_probability(event.probability ? std::optional(*event.probability) : std::nullopt);
}

void Session::on_turn_event(const turn::SpeechPaused&) {
  user_turn_->record.stt_started_at = now_;
  // To the window's end, not to the newest sample, which depends on the client's chunks.
  auto audio = input_.copy(user_turn_->begin, samples_to_duration(next_window_, vad::kRate));
  user_turn_->stt = start_stt(audio, user_turn_->shown);
  if (machine_.awaited().probability) {
    actions_->emplace_back(ScoreTurn{*user_turn_->stt, std::move(audio)});
  }
  evidence_due_.reset();  // another pause, another second
}

void Session::on_turn_event(const turn::SpeechResumed&) {
  drop_speculation();
  actions_->emplace_back(CancelWork{*std::exchange(user_turn_->stt, std::nullopt)});
  user_turn_->early.reset();
}

void Session::on_turn_event(const turn::TurnEnded& event) {
  if (overlap_ && !heard_in_overlap()) {  // nobody took the floor
    drop_user_turn();
    committed_until_ = event.speech_end;
    return;
  }
  UserTurn turn = *std::exchange(user_turn_, std::nullopt);
  const Duration end = samples_to_duration(next_window_, vad::kRate);
  turn.record.speech_end = event.speech_end;
  turn.record.speech_end_at = now_ - (input_.received_time() - event.speech_end);
  turn.record.turn_ended_at = now_;
  if (!overlap_) notify(UserSpeechStopped{turn.item_id, end});  // else it was not announced
  commit(std::move(turn), end, settings_.turn_detection->create_response);
}

TurnId Session::start_stt(std::vector<std::int16_t> pcm, std::string shown) {
  const TurnId turn = new_turn();
  actions_->emplace_back(
      StartStt{turn, {std::move(pcm), settings_.language, settings_.prompt, std::move(shown)}});
  return turn;
}

void Session::commit(UserTurn turn, Duration end, bool respond) {
  Transcribing work{.item_id = turn.item_id,
                    .audio = end - turn.begin,
                    .respond = respond,
                    .shown = std::move(turn.shown),
                    .power = turn.power,
                    .record = std::move(turn.record)};
  if (!turn.stt) {
    work.record.stt_started_at = now_;
    turn.stt = start_stt(input_.copy(turn.begin, end), work.shown);
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
    machine_.set_text(event.result ? std::optional(event.result->text) : std::nullopt);
    if (overlap_) {
      on_overlap_words(event.result);
    } else {
      speculate();
    }
    return;
  }
  if (overlap_ && overlap_->probe == event.turn) {
    overlap_->probe.reset();
    on_overlap_words(event.result);
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
    if (!blank(result->text)) user_level_.learn(work.power);
    // The last words, unless the whole turn was understood differently in the end.
    if (result->text.size() > work.shown.size() && result->text.starts_with(work.shown)) {
      notify(TranscriptionDelta{work.item_id, result->text.substr(work.shown.size())});
    }
    notify(TranscriptionCompleted{work.item_id, result->text, work.audio});
  }
  // A turn without words (noise) needs no answer, unless it cut off the answer to the one before.
  // While the user speaks again, the answer comes after that.
  const bool wanted = work.respond && conversation_.awaits_answer() && (!user_turn_ || overlap_);
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
  end_overlap();
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
  skip_windows();
}

void Session::handle(const ClearInput&) {
  end_overlap();
  drop_user_turn();
  machine_.reset();
  input_.forget_before(input_.received_time());
  skip_windows();
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

}  // namespace eva::session
