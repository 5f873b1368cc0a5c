#include "engine/transcription_session.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <utility>

#include "audio/g711.h"

namespace eva::engine {
namespace {

constexpr Duration kLongestUtterance = 10min;
constexpr Duration kLeastCommit = 100ms;
constexpr std::size_t kFinals = 8;

/// Empty: a fraction of a sample.
std::optional<std::vector<std::int16_t>> decode(const std::vector<std::uint8_t>& bytes,
                                                AudioFormat::Kind kind) {
  std::vector<std::int16_t> pcm;
  if (kind == AudioFormat::Kind::kPcm) {
    static_assert(std::endian::native == std::endian::little);
    if (bytes.size() % sizeof(std::int16_t) != 0) return std::nullopt;
    pcm.resize(bytes.size() / sizeof(std::int16_t));
    if (!pcm.empty()) std::memcpy(pcm.data(), bytes.data(), bytes.size());
    return pcm;
  }
  pcm.reserve(bytes.size());
  for (const std::uint8_t code : bytes) {
    pcm.push_back(kind == AudioFormat::Kind::kMulaw ? audio::decode_mulaw(code)
                                                    : audio::decode_alaw(code));
  }
  return pcm;
}

}  // namespace

TranscriptionSession::TranscriptionSession(TranscriptionShared& shared, std::uint64_t number,
                                           std::unique_ptr<io::WebSocket> socket,
                                           std::function<void()> on_closed)
    : shared_(shared),
      number_(number),
      on_closed_(std::move(on_closed)),
      settings_{.model = shared.model},
      resampler_(settings_.format.rate, speech::kSttRate),
      socket_(std::move(socket)) {
  socket_->start({.on_text = [this](std::string_view text) { on_text(text); },
                  .on_closed = [this](std::uint16_t, std::string_view) { on_closed_(); }});
  socket_->send(
      session_event(next_event(), "session.created", fmt::format("sess_{}", number_), settings_));
}

TranscriptionSession::~TranscriptionSession() {
  cancel_pass();
  shared_.home.cancel(timer_);
}

void TranscriptionSession::on_text(std::string_view text) {
  ClientEvent event = parse_realtime_event(text, settings_);
  std::visit([&](auto& what) { handle(what, event.event_id); }, event.event);
}

void TranscriptionSession::refuse_event(ApiError error, const std::string& event_id) {
  socket_->send(error_event(next_event(), error, event_id));
}

void TranscriptionSession::handle(const BadEvent& event, const std::string& event_id) {
  refuse_event(event.error, event_id);
}

void TranscriptionSession::handle(UpdateSession& event, const std::string&) {
  const bool other_rate = event.settings.format.rate != settings_.format.rate;
  settings_ = std::move(event.settings);
  if (other_rate) resampler_ = audio::Resampler(settings_.format.rate, speech::kSttRate);
  socket_->send(
      session_event(next_event(), "session.updated", fmt::format("sess_{}", number_), settings_));
}

void TranscriptionSession::handle(const AppendAudio& event, const std::string& event_id) {
  const auto pcm = decode(event.bytes, settings_.format.kind);
  if (!pcm) {
    return refuse_event({.status = 400,
                         .message = "the audio ends within a sample",
                         .param = "audio",
                         .code = "invalid_value"},
                        event_id);
  }
  if (!utterance_) begin_utterance();
  PartialTranscriber& partials = utterance_->partials;
  if (partials.received() + samples_to_duration(std::ssize(*pcm), settings_.format.rate) >
      kLongestUtterance) {
    return refuse_event({.status = 400,
                         .message = "the buffer is full: 10 minutes are the most; commit or clear "
                                    "it",
                         .param = "audio",
                         .code = "input_audio_buffer_full"},
                        event_id);
  }
  std::vector<std::int16_t> converted;
  resampler_.process(*pcm, converted);
  partials.push(converted);
  start_pass();
}

void TranscriptionSession::handle(const ClearAudio&, const std::string&) {
  cancel_pass();
  utterance_.reset();
  resampler_ = audio::Resampler(settings_.format.rate, speech::kSttRate);
  socket_->send(cleared_event(next_event()));
}

void TranscriptionSession::handle(const CommitAudio&, const std::string& event_id) {
  if (utterance_) {
    std::vector<std::int16_t> last;
    resampler_.flush(last);
    utterance_->partials.push(last);
  }
  if (!utterance_ || utterance_->partials.received() < kLeastCommit) {
    return refuse_event({.status = 400,
                         .message = "Error committing input audio buffer: buffer too small. "
                                    "Expected at least 100ms of audio.",
                         .param = "",
                         .code = "input_audio_buffer_commit_empty"},
                        event_id);
  }
  if (finals_.size() >= kFinals) {
    return refuse_event({.status = 429,
                         .message = fmt::format("{} transcripts are awaited already", kFinals),
                         .param = "",
                         .code = "rate_limit_exceeded"},
                        event_id);
  }
  cancel_pass();
  const std::uint64_t number = ++last_number_;
  const std::string item = utterance_->item;
  finals_.emplace(number, Final{.utterance = *std::exchange(utterance_, std::nullopt),
                                .accepted = shared_.home.now(),
                                .ticket = nullptr});
  socket_->send(committed_event(next_event(), item, last_item_));
  for (const char* type : {"conversation.item.added", "conversation.item.done"}) {
    socket_->send(item_event(next_event(), type, item, last_item_));
  }
  last_item_ = item;
  start_final(number);
}

void TranscriptionSession::begin_utterance() {
  utterance_.emplace(Utterance{.item = fmt::format("item_{}_{}", number_, last_number_ + 1),
                               .partials = PartialTranscriber(settings_.language)});
}

// ---- Passes ------------------------------------------------------------------------------------

void TranscriptionSession::start_pass() {
  if (pass_ || timer_ != 0 || !utterance_ || !utterance_->partials.is_due()) return;
  if (shared_.home.now() < rest_until_) {
    timer_ = shared_.home.call_at(rest_until_, [this] {
      timer_ = 0;
      start_pass();
    });
    return;
  }
  if (shared_.passes >= shared_.passes_max) return;                     // with the next audio
  const auto heard = std::make_shared<std::optional<Transcription>>();  // of this thread only
  pool::Job job;
  job.priority = pool::Priority::kPartial;
  job.deadline = shared_.home.now() + shared_.job_deadline;
  job.work = [whisper = shared_.whisper, pass = utterance_->partials.next(),
              heard](pool::JobContext& context) -> Result<> {
    auto result = whisper->transcribe(pass.pcm, pass.hearing, context.cancel());
    if (!result) return std::unexpected(result.error());
    context.post([heard, made = std::move(*result)]() mutable { *heard = std::move(made); });
    return {};
  };
  pass_posted_ = shared_.home.now();
  job.started = [this] { pass_started_ = shared_.home.now(); };
  job.done = [this, heard](Result<> result) { end_pass(result, *heard); };
  auto ticket = shared_.pool.try_post(std::move(job));
  if (!ticket) return;  // the engine is overloaded: with later audio
  pass_ = std::move(*ticket);
  ++shared_.passes;
}

void TranscriptionSession::end_pass(const Result<>& result,
                                    const std::optional<Transcription>& heard) {
  const auto ended = std::move(pass_);
  --shared_.passes;
  const Time now = shared_.home.now();
  rest_until_ = now + (now - pass_posted_);
  if (!result || !heard) return;  // the final transcript, if it fails too, says why
  shared_.metrics.observe_job(EngineKind::kPartial, pass_started_ - pass_posted_,
                              now - pass_started_, Duration{});
  utterance_->partials.finish(*heard);
  const speech::PartialTranscript& transcript = utterance_->partials.transcript();
  const std::span<const speech::Word> words = transcript.words;
  const std::size_t told_words = std::min(utterance_->told_words, words.size());
  const std::size_t committed_words =
      words.empty() ? 0 : std::max(utterance_->partials.committed_words(), told_words);
  const std::string delta = transcript.committed.substr(utterance_->told.size());
  utterance_->told = transcript.committed;
  utterance_->told_words = committed_words;
  socket_->send(delta_event(next_event(), utterance_->item, delta,
                            {.tentative = transcript.tentative,
                             .words = words.subspan(told_words, committed_words - told_words),
                             .tentative_words = words.subspan(committed_words)}));
  start_pass();
}

void TranscriptionSession::cancel_pass() {
  if (!pass_) return;
  pass_.reset();
  --shared_.passes;
}

// ---- Finals ------------------------------------------------------------------------------------

void TranscriptionSession::start_final(std::uint64_t number) {
  Final& final = finals_.at(number);
  const auto heard = std::make_shared<std::optional<Transcription>>();  // of this thread only
  pool::Job job;
  job.priority = pool::Priority::kTranscription;
  job.deadline = shared_.home.now() + shared_.job_deadline;
  job.work = [whisper = shared_.whisper, rest = final.utterance.partials.rest(),
              heard](pool::JobContext& context) -> Result<> {
    auto result = whisper->transcribe(rest.pcm, rest.hearing, context.cancel());
    if (!result) return std::unexpected(result.error());
    context.post([heard, made = std::move(*result)]() mutable { *heard = std::move(made); });
    return {};
  };
  job.started = [this, number] { finals_.at(number).started = shared_.home.now(); };
  job.done = [this, number, heard](Result<> result) { end_final(number, result, *heard); };
  auto ticket = shared_.pool.try_post(std::move(job));
  if (!ticket) return end_final(number, std::unexpected(ticket.error()), std::nullopt);
  final.ticket = std::move(*ticket);
}

void TranscriptionSession::end_final(std::uint64_t number, const Result<>& result,
                                     const std::optional<Transcription>& heard) {
  const auto node = finals_.extract(number);
  const Final& final = node.mapped();
  const Utterance& utterance = final.utterance;
  if (!result || !heard) {
    const Error error = result ? Error{ErrorCode::kInternal, "no result"} : result.error();
    return socket_->send(failed_event(next_event(), utterance.item, to_api_error(error)));
  }
  const Duration audio = utterance.partials.received();
  shared_.metrics.observe_job(EngineKind::kTranscription, final.started - final.accepted,
                              shared_.home.now() - final.started, audio);
  const std::string text = utterance.partials.complete(heard->text);
  if (text.size() > utterance.told.size() && text.starts_with(utterance.told)) {
    socket_->send(delta_event(next_event(), utterance.item, text.substr(utterance.told.size()),
                              {.tentative = "", .words = {}, .tentative_words = {}}));
  }
  socket_->send(completed_event(next_event(), utterance.item, text, audio));
}

}  // namespace eva::engine
