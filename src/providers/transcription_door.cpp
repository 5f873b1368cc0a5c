#include "providers/transcription_door.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <span>
#include <utility>
#include <vector>

#include "audio/resampler.h"
#include "base/base64.h"
#include "providers/provider_error.h"

namespace eva::providers {
namespace {
using nlohmann::json;

constexpr std::size_t kPendingSamples = 10 * speech::kSttRate;
constexpr io::WebSocketClientLimits kLimits{.message_bytes = 256 << 10, .outbox_bytes = 1 << 20};
constexpr int kRealtimeRate = 24'000;
constexpr const char* kDelta = "conversation.item.input_audio_transcription.delta";

bool is_engine(const io::Url& url) {
  return url.scheme == io::Url::Scheme::kUnix;
}

std::string session_update(const ProviderOptions& options, const speech::SttStreamRequest& request,
                           int rate) {
  json transcription = {{"model", options.model}};
  const std::string& language = request.language.empty() ? options.language : request.language;
  if (!language.empty()) transcription["language"] = language;
  if (!request.prompt.empty()) transcription["prompt"] = request.prompt;
  const json event = {{"type", "session.update"},
                      {"session",
                       {{"type", "transcription"},
                        {"audio",
                         {{"input",
                           {{"format", {{"type", "audio/pcm"}, {"rate", rate}}},
                            {"transcription", std::move(transcription)},
                            {"turn_detection", nullptr}}}}}}}};
  return event.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string append_event(std::span<const std::int16_t> pcm) {
  std::string text = R"({"type":"input_audio_buffer.append","audio":")";
  base64_append(text, {reinterpret_cast<const std::uint8_t*>(pcm.data()), pcm.size_bytes()});
  return text + "\"}";
}

std::string text_of(const json& object, const char* name) {
  const auto field = object.find(name);
  return field != object.end() && field->is_string() ? field->get<std::string>() : "";
}

/// Empty if there are none, or they are of another form.
std::vector<speech::Word> words_of(const json& event, const char* name) {
  std::vector<speech::Word> words;
  const auto list = event.find(name);
  if (list == event.end() || !list->is_array()) return words;
  for (const json& word : *list) {
    if (!word.is_object()) return {};
    const json start = word.value("start", json());
    const json end = word.value("end", json());
    if (!start.is_number() || !end.is_number()) return {};
    const auto time = [](const json& seconds) {
      return std::chrono::duration_cast<Duration>(
          std::chrono::duration<double>(seconds.get<double>()));
    };
    words.push_back({text_of(word, "word"), time(start), time(end)});
  }
  return words;
}

}  // namespace

/// One utterance. Owned by its handle, and by itself while it calls back.
class TranscriptionStream : public std::enable_shared_from_this<TranscriptionStream> {
 public:
  TranscriptionStream(TranscriptionDoor& door, const ProviderOptions& options,
                      const speech::SttStreamRequest& request, speech::SttStreamCallbacks callbacks)
      : door_(door),
        api_key_(options.api_key),
        rate_(is_engine(door.client_.url()) ? speech::kSttRate : kRealtimeRate),
        update_(session_update(options, request, rate_)),
        callbacks_(std::move(callbacks)),
        resampler_(speech::kSttRate, rate_) {}

  void connect() {
    io::Headers headers;
    if (!api_key_.empty()) headers.emplace_back("Authorization", "Bearer " + api_key_);
    attempt_ = door_.client_.connect(
        "/realtime?intent=transcription", headers, kLimits,
        {.on_open = [this](std::unique_ptr<io::WebSocket> socket) { open(std::move(socket)); },
         .on_failed = [this](const Error& error) { refused(error); }});
  }

  void push(std::span<const std::int16_t> pcm) {
    if (is_over_) return;
    if (socket_) return send(pcm);
    if (pending_.size() + pcm.size() > kPendingSamples) {
      // Later, as all callbacks.
      return door_.loop_.post([self = shared_from_this()] {
        self->fail_with({ErrorCode::kOverloaded, "the session was not open in time"});
      });
    }
    pending_.insert(pending_.end(), pcm.begin(), pcm.end());
  }

  void cancel() {
    is_over_ = true;
    callbacks_ = {};
    attempt_.reset();
    socket_.reset();
  }

 private:
  void open(std::unique_ptr<io::WebSocket> socket) {
    attempt_.reset();
    socket_ = std::move(socket);
    // The socket silences these when it dies, so `this` lives.
    socket_->start({.on_text = [this](std::string_view text) { receive(text); },
                    .on_closed =
                        [this](std::uint16_t code, std::string_view reason) {
                          fail_with({code == 1013 ? ErrorCode::kOverloaded : ErrorCode::kProtocol,
                                     fmt::format("{} closed the session: {} {}",
                                                 door_.client_.url().where(), code, reason)});
                        }});
    socket_->send(update_);
    send(std::exchange(pending_, {}));
  }

  void send(std::span<const std::int16_t> pcm) {
    converted_.clear();
    resampler_.process(pcm, converted_);
    if (!converted_.empty()) socket_->send(append_event(converted_));
  }

  void refused(const Error& error) {
    const bool for_good = error.code == ErrorCode::kNotFound ||
                          error.code == ErrorCode::kUnauthorized ||
                          error.code == ErrorCode::kProtocol;
    if (for_good) door_.is_offered_ = false;
    fail_with(error);
  }

  void receive(std::string_view text) {
    const auto self = shared_from_this();
    const json event = json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!event.is_object()) return fail_with({ErrorCode::kProtocol, "an event is not JSON"});
    const std::string type = text_of(event, "type");
    if (type == "error") {
      return fail_with({ErrorCode::kProtocol, fmt::format("{}: {}", door_.client_.url().where(),
                                                          provider_message(text, api_key_))});
    }
    if (type != kDelta) return;
    if (event.contains("tentative")) door_.takes_prefix_ = true;
    heard_.committed += text_of(event, "delta");
    heard_.tentative = text_of(event, "tentative");
    for (speech::Word& word : words_of(event, "words")) committed_words_.push_back(std::move(word));
    heard_.words = committed_words_;
    for (speech::Word& word : words_of(event, "tentative_words")) {
      heard_.words.push_back(std::move(word));
    }
    if (heard_.committed.size() > kMaxTranscript) {
      return fail_with({ErrorCode::kProtocol, "the transcript is over 1 MiB"});
    }
    // Moved out while it runs: it may destroy the stream, and with it the callbacks.
    auto on_partial = std::move(callbacks_.on_partial);
    if (on_partial) on_partial(heard_);
    if (!is_over_) callbacks_.on_partial = std::move(on_partial);
  }

  void fail_with(Error error) {
    if (is_over_) return;
    const auto self = shared_from_this();
    auto callbacks = std::exchange(callbacks_, {});
    cancel();
    if (callbacks.on_failed) callbacks.on_failed(std::move(error));
  }

  static constexpr std::size_t kMaxTranscript = 1 << 20;

  // Given.
  TranscriptionDoor& door_;
  const std::string api_key_;
  const int rate_;
  const std::string update_;
  speech::SttStreamCallbacks callbacks_;
  // State.
  audio::Resampler resampler_;
  std::vector<std::int16_t> converted_;
  std::unique_ptr<io::WebSocketAttempt> attempt_;
  std::unique_ptr<io::WebSocket> socket_;
  std::vector<std::int16_t> pending_;
  speech::PartialTranscript heard_;
  std::vector<speech::Word> committed_words_;
  bool is_over_ = false;
};

namespace {
class StreamHandle final : public speech::SttStream {
 public:
  explicit StreamHandle(std::shared_ptr<TranscriptionStream> stream) : stream_(std::move(stream)) {}
  ~StreamHandle() override { stream_->cancel(); }
  void push(std::span<const std::int16_t> pcm) override { stream_->push(pcm); }

 private:
  const std::shared_ptr<TranscriptionStream> stream_;
};
}  // namespace

TranscriptionDoor::TranscriptionDoor(io::EventLoop& loop, io::Url url)
    : loop_(loop), client_(loop, std::move(url)), takes_prefix_(is_engine(client_.url())) {}

std::unique_ptr<speech::SttStream> TranscriptionDoor::listen(
    const ProviderOptions& options, const speech::SttStreamRequest& request,
    speech::SttStreamCallbacks callbacks) {
  if (!is_offered_) return nullptr;
  auto stream =
      std::make_shared<TranscriptionStream>(*this, options, request, std::move(callbacks));
  stream->connect();
  return std::make_unique<StreamHandle>(std::move(stream));
}

}  // namespace eva::providers
