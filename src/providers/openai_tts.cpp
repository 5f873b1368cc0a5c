#include "providers/openai_tts.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "providers/pcm_stream.h"
#include "providers/provider_call.h"

namespace eva::providers {
namespace {
using nlohmann::json;

std::string request_body(const speech::TtsRequest& request, const ProviderOptions& options) {
  json body = {{"model", options.model}, {"input", request.text}, {"response_format", "pcm"}};
  const std::string& voice = request.voice.empty() ? options.voice : request.voice;
  if (!voice.empty()) body["voice"] = voice;
  if (request.speed != 1.0) body["speed"] = request.speed;  // not every model knows it
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Compressed audio, a page or JSON would be noise in the caller's ear.
Result<> check_format(const io::Headers& headers) {
  const std::string_view type = io::find_header(headers, "Content-Type").value_or("");
  for (const std::string_view wrong : {"audio/mpeg", "audio/mp3", "audio/opus", "audio/ogg",
                                       "audio/aac", "audio/flac", "text/", "application/json"}) {
    if (type.starts_with(wrong)) {
      return fail(ErrorCode::kProtocol,
                  fmt::format("the voice sent {} where pcm was asked for", type.substr(0, 60)));
    }
  }
  return {};
}

struct Pending {
  PcmStream stream;
  speech::TtsCallbacks callbacks;
};

/// The end of a request with nothing to say.
class NothingToSay final : public speech::Call {
 public:
  NothingToSay(io::EventLoop& loop, std::move_only_function<void(Result<>)> done)
      : loop_(loop),
        timer_(loop.call_at(loop.now(), [done = std::move(done)]() mutable { done({}); })) {}
  ~NothingToSay() override { loop_.cancel(timer_); }

 private:
  io::EventLoop& loop_;
  TimerId timer_;
};
}  // namespace

OpenAiTts::OpenAiTts(io::EventLoop& loop, io::HttpClient& client, ProviderOptions options)
    : loop_(loop), client_(client), options_(std::move(options)) {}

speech::CallHandle OpenAiTts::speak(speech::TtsRequest request, speech::TtsCallbacks callbacks) {
  if (request.text.find_first_not_of(" \t\r\n") == std::string::npos) {
    return std::make_unique<NothingToSay>(loop_, std::move(callbacks.on_done));
  }
  ProviderRequest provider_request{.http = {.method = "POST",
                                            .target = "/audio/speech",
                                            .headers = {{"Content-Type", "application/json"}},
                                            .body = request_body(request, options_)},
                                   .api_key = options_.api_key,
                                   .timeout = options_.timeout};
  const auto pending = std::make_shared<Pending>();  // of the callbacks
  pending->callbacks = std::move(callbacks);
  return start_provider_call(
      loop_, client_, std::move(provider_request),
      {.on_start = [pending](const io::Headers& headers) -> Result<> {
         pending->stream = {};
         return check_format(headers);
       },
       .on_data = [pending](std::string_view bytes) -> Received {
         std::vector<std::int16_t> samples;
         Received received;
         if (Result<> step = pending->stream.push(bytes, samples); !step) {
           received.error = step.error();
         }
         if (!samples.empty()) {
           received.progress = Progress::kDelivered;
           pending->callbacks.on_audio(samples);
         }
         return received;
       },
       .on_end = [] { return Received{}; },
       .on_done = [pending](Result<> result) { pending->callbacks.on_done(std::move(result)); }});
}

}  // namespace eva::providers
