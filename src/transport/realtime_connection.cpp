#include "transport/realtime_connection.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "audio/g711.h"
#include "session/input_audio.h"

namespace eva::transport {

RealtimeConnection::RealtimeConnection(Executor& executor, std::unique_ptr<io::WebSocket> socket,
                                       RealtimeParts parts,
                                       std::move_only_function<void()> on_closed)
    : executor_(executor),
      socket_(std::move(socket)),
      session_(std::move(parts.session)),
      limits_(parts.limits),
      observer_(parts.observer),
      on_closed_(std::move(on_closed)),
      writer_(session_, "sess_" + parts.id_suffix, parts.id_suffix,
              parts.now_unix +
                  std::chrono::duration_cast<std::chrono::seconds>(limits_.session).count(),
              [this](std::string text) { socket_->send(std::move(text)); }),
      host_(executor, parts.make_session(session_.settings), parts.engines, *this, parts.tap),
      resampler_(session_.input.rate, session::InputAudio::kRate),
      item_resampler_(session_.input.rate, session::InputAudio::kRate),
      greeting_(std::move(parts.greeting)) {
  end_timer_ = executor_.call_at(executor_.now() + limits_.session, [this] {
    writer_.error("", {"session_expired", "Your session hit the maximum duration.", ""});
    close("the session hit its maximum duration");
  });
  io::WebSocketHandlers handlers;
  handlers.on_text = [this](std::string_view text) { on_text(text); };
  handlers.on_closed = [this](std::uint16_t, std::string_view) {
    auto closed = std::move(on_closed_);
    closed();
  };
  socket_->start(std::move(handlers));
  writer_.session_created();
}

RealtimeConnection::~RealtimeConnection() {
  executor_.cancel(end_timer_);
  executor_.cancel(slice_timer_);
  executor_.cancel(rate_timer_);
}

void RealtimeConnection::close(std::string reason) {
  socket_->close(1001, std::move(reason));
}

void RealtimeConnection::on_notice(const session::Notice& notice, Time now) {
  if (observer_) observer_->on_notice(notice, now);
  writer_.notice(notice);
  if (std::holds_alternative<session::CallEnded>(notice)) {
    socket_->close(1000, "nobody has spoken for a long time");
  }
}

void RealtimeConnection::refuse(std::string event_id, ClientError error) {
  on_notice(session::CommandRefused{std::move(event_id), std::move(error.code),
                                    std::move(error.message), std::move(error.param)},
            executor_.now());
}

void RealtimeConnection::on_failed(std::string_view what) {
  if (observer_) observer_->on_failed(what);
  socket_->close(1011, "internal error");
}

void RealtimeConnection::on_text(std::string_view text) {
  count_event();
  ClientEvent event = parse_client_event(text);
  std::visit([this](auto& e) { on_event(e); }, event);
  // The first event is usually session.update, which says in which format she is to speak.
  if (!greeting_.empty()) host_.deliver(session::Greet{std::exchange(greeting_, "")});
}

void RealtimeConnection::on_event(BadEvent& event) {
  refuse(std::move(event.event_id), std::move(event.error));
}

void RealtimeConnection::on_event(AppendAudio& event) {
  std::vector<std::int16_t> wire;
  if (auto error = decode(event.bytes, wire)) {
    refuse(std::move(event.event_id), std::move(*error));
    return;
  }
  const auto samples = static_cast<std::int64_t>(wire.size());
  const Duration length = samples_to_duration(samples, session_.input.rate);
  if (session_.settings.turn_detection && too_fast(length)) {
    refuse(std::move(event.event_id),
           {"audio_too_fast",
            "The audio is further ahead of real time than the server allows; this append was "
            "dropped. Send it in real time, or turn turn_detection off and commit by hand.",
            "audio"});
    return;
  }
  take({.wire = std::move(wire)});
}

void RealtimeConnection::take(LongAudio audio) {
  long_audio_ = std::move(audio);
  take_slice();
}

void RealtimeConnection::take_slice() {
  const auto rate = static_cast<std::size_t>(session_.input.rate);
  const auto slice = std::span(long_audio_->wire).subspan(long_audio_->next);
  const auto now = slice.first(std::min(slice.size(), rate));
  long_audio_->next += now.size();
  std::vector<std::int16_t> pcm;
  if (long_audio_->item) {
    auto& audio = long_audio_->item->audio;
    item_resampler_.process(now, audio);
    if (now.size() == slice.size()) item_resampler_.flush(audio);
  } else {
    resampler_.process(now, pcm);
  }
  if (now.size() < slice.size()) {
    socket_->pause();
    slice_timer_ = executor_.call_at(executor_.now(), [this] {
      slice_timer_ = 0;
      take_slice();
    });
    if (!pcm.empty()) host_.deliver(session::AudioReceived{pcm});
    return;
  }
  const auto done = *std::exchange(long_audio_, std::nullopt);
  read_on();
  if (done.item) return host_.deliver(*done.item);
  host_.deliver(session::AudioReceived{pcm});
}

void RealtimeConnection::read_on() {
  if (!long_audio_ && rate_timer_ == 0) socket_->resume();
}

void RealtimeConnection::on_event(UpdateSession& event) {
  const AudioFormat input = session_.input;
  const AudioFormat output = session_.output;
  if (auto error = session_.update(nlohmann::json::parse(event.session))) {
    refuse(std::move(event.event_id), std::move(*error));
    return;
  }
  if (session_.input != input) {
    resampler_ = audio::Resampler(session_.input.rate, session::InputAudio::kRate);
  }
  if (session_.output != output) writer_.output_format_changed();
  host_.deliver(session::ChangeSettings{std::move(event.event_id), session_.settings});
}

void RealtimeConnection::on_event(CreateAudioItem& event) {
  std::vector<std::int16_t> wire;
  if (auto error = decode(event.bytes, wire)) {
    refuse(std::move(event.item.event_id), std::move(*error));
    return;
  }
  item_resampler_ = audio::Resampler(session_.input.rate, session::InputAudio::kRate);
  take({.wire = std::move(wire), .item = std::move(event.item)});
}

void RealtimeConnection::on_event(session::Event& event) {
  host_.deliver(event);
}

std::optional<ClientError> RealtimeConnection::decode(std::span<const std::uint8_t> bytes,
                                                      std::vector<std::int16_t>& pcm) const {
  if (session_.input.codec == AudioCodec::kPcm16) {
    if (bytes.size() % 2 != 0) {
      return ClientError{"invalid_value",
                         "Invalid 'audio': " + std::to_string(bytes.size()) +
                             " bytes are no whole number of 16-bit samples.",
                         "audio"};
    }
    pcm.resize(bytes.size() / 2);
    for (std::size_t i = 0; i < pcm.size(); ++i) {
      pcm[i] = static_cast<std::int16_t>(bytes[2 * i] | bytes[2 * i + 1] << 8);
    }
    return std::nullopt;
  }
  pcm.reserve(bytes.size());
  const bool mulaw = session_.input.codec == AudioCodec::kMulaw;
  for (const auto b : bytes) {
    pcm.push_back(mulaw ? audio::decode_mulaw(b) : audio::decode_alaw(b));
  }
  return std::nullopt;
}

void RealtimeConnection::count_event() {
  const Time now = executor_.now();
  const double seconds = static_cast<double>((now - events_at_).count()) / 1e6;
  events_level_ = std::max(0.0, events_level_ - seconds * limits_.events_per_second) + 1;
  events_at_ = now;
  const double excess = events_level_ - limits_.events_per_second;
  if (excess <= 0 || rate_timer_ != 0) return;
  const auto wait = std::chrono::duration<double>(excess / limits_.events_per_second);
  socket_->pause();
  rate_timer_ = executor_.call_at(now + std::chrono::duration_cast<Duration>(wait), [this] {
    rate_timer_ = 0;
    read_on();
  });
}

bool RealtimeConnection::too_fast(Duration audio) {
  const Time now = executor_.now();
  const Duration level = std::max(Duration{}, audio_level_ - (now - audio_at_));
  const bool refused = level + audio > limits_.audio_ahead;
  audio_level_ = refused ? level : level + audio;
  audio_at_ = now;
  return refused;
}

}  // namespace eva::transport
