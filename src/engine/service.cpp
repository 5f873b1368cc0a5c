#include "engine/service.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <bit>
#include <ranges>
#include <span>
#include <string_view>
#include <utility>

#include "audio/wav.h"
#include "brain/brain.h"
#include "engine/chat_api.h"
#include "engine/service_audio.h"
#include "engine/service_json.h"
#include "engine/service_warm_up.h"
#include "engine/speech_api.h"
#include "engine/transcription_api.h"
#include "io/caller.h"

namespace eva::engine {
namespace {
using nlohmann::json;

struct RouteInfo {
  std::string_view method;
  std::string_view path;
  Route route;
  bool open;  // answers without a key
};
constexpr std::array kRoutes = {
    RouteInfo{"POST", "/v1/audio/transcriptions", Route::kTranscription, false},
    RouteInfo{"POST", "/v1/audio/speech", Route::kSpeech, false},
    RouteInfo{"POST", "/v1/chat/completions", Route::kChat, false},
    RouteInfo{"GET", "/v1/realtime", Route::kRealtime, false},
    RouteInfo{"GET", "/v1/models", Route::kModels, false},
    RouteInfo{"GET", "/healthz", Route::kHealth, true},
    RouteInfo{"GET", "/readyz", Route::kReady, true},
    RouteInfo{"GET", "/metrics", Route::kMetrics, false},
};

/// Voices that OpenAI's clients ask for by default; here they mean the default voice.
constexpr std::array<std::string_view, 13> kOpenAiVoices = {
    "alloy", "ash",  "ballad", "cedar", "coral",   "echo", "fable",
    "marin", "nova", "onyx",   "sage",  "shimmer", "verse"};

RequestResult result_of(int status) {
  if (status < 400) return RequestResult::kOk;
  if (status == 429) return RequestResult::kOverloaded;
  if (status == 503) return RequestResult::kNotReady;
  return status < 500 ? RequestResult::kRefused : RequestResult::kFailed;
}

std::string to_bytes(std::span<const std::int16_t> pcm) {
  static_assert(std::endian::native == std::endian::little);
  return {reinterpret_cast<const char*>(pcm.data()), pcm.size_bytes()};
}

ApiError not_ready(const char* what, const std::string& detail, bool failed) {
  ApiError error = to_api_error({ErrorCode::kUnavailable, fmt::format("{}: {}", what, detail)});
  if (failed) error.retry_after_s = 0;  // waiting does not help
  return error;
}

struct TranscriptionAnswer {
  io::HttpResponse response;
  Duration audio{};
};

/// The whole of one transcription request, on a worker.
TranscriptionAnswer answer_transcription(const Whisper& whisper, const io::HttpRequest& request,
                                         CancelToken& cancel) {
  const auto type = io::find_header(request.headers, "Content-Type").value_or("");
  const auto form = parse_transcription_form(type, request.body);
  if (!form) return {.response = to_response(form.error())};
  const auto pcm = decode_upload(form->file);
  if (!pcm) {
    ApiError error = to_api_error(pcm.error());
    error.param = "file";
    return {.response = to_response(error)};
  }
  const Duration audio = samples_to_duration(std::ssize(*pcm), kUploadRate);
  const auto text =
      whisper.transcribe(*pcm, {.language = form->language, .prefix = form->prefix}, cancel);
  if (!text) return {.response = to_response(to_api_error(text.error())), .audio = audio};
  return {.response = transcription_response(*text, audio, form->format), .audio = audio};
}
}  // namespace

struct EngineService::Exchange {
  Route route;
  EngineKind engine;
  std::unique_ptr<io::Responder> responder;
  Time accepted;
  Time started{};          // a worker took the job
  Duration audio{};        // heard or made so far
  bool streaming = false;  // the answer's head is sent
  std::unique_ptr<pool::Ticket> ticket;
};

EngineService::EngineService(Executor& home, ServiceOptions options, EngineLoaders loaders)
    : home_(home),
      options_(std::move(options)),
      pool_(home, {.workers = options_.pool.workers,
                   .transcription_workers = options_.pool.transcription_workers,
                   .queue_limit = std::max<std::size_t>(options_.pool.queue_limit, 2)}),
      shared_{.home = home_,
              .pool = pool_,
              .metrics = metrics_,
              .whisper = nullptr,
              .model = options_.stt_model,
              .job_deadline = options_.job_deadline,
              .passes_max = std::max(options_.pool.workers - 1, 1)} {
  load(std::move(loaders));
}

EngineService::~EngineService() = default;

// ---- Loading -----------------------------------------------------------------------------------

/// What a loading job leaves; written by the worker before `done` runs at home.
struct EngineService::Loaded {
  std::shared_ptr<const Whisper> whisper;
  std::vector<std::shared_ptr<const Voice>> voices;
};

void EngineService::load(EngineLoaders loaders) {
  const auto result = std::make_shared<Loaded>();  // with both jobs
  pool::Job recogniser;
  recogniser.work = [result,
                     make = std::move(loaders.recogniser)](pool::JobContext& context) -> Result<> {
    auto made = make();
    if (!made) return std::unexpected(made.error());
    result->whisper = std::move(*made);
    return warm_up(*result->whisper, context.cancel());
  };
  recogniser.done = [this, result](Result<> outcome) {
    if (outcome) shared_.whisper = whisper_ = std::move(result->whisper);
    loaded(transcription_, "transcription", outcome);
  };
  pool::Job voices;
  voices.work = [result, make = std::move(loaders.voices)](pool::JobContext& context) -> Result<> {
    auto made = make();
    if (!made) return std::unexpected(made.error());
    for (auto& voice : *made) result->voices.push_back(std::move(voice));
    if (result->voices.empty()) return fail(ErrorCode::kNotFound, "there is no voice");
    return warm_up(*result->voices.front(), context.cancel());
  };
  voices.done = [this, result](Result<> outcome) {
    if (outcome) voices_ = std::move(result->voices);
    loaded(speech_, "speech", outcome);
  };
  for (pool::Job* job : {&recogniser, &voices}) {
    loads_.push_back(std::move(*pool_.try_post(std::move(*job))));
  }
}

void EngineService::loaded(Readiness& part, const char* name, const Result<>& result) {
  if (result) {
    part = {.ready = true, .failed = false, .detail = ""};
  } else {
    part = {.ready = false, .failed = true, .detail = result.error().detail};
  }
  if (options_.on_loaded) options_.on_loaded(name, result);
}

// ---- Requests ----------------------------------------------------------------------------------

std::optional<ApiError> EngineService::deny(const io::HttpRequest& request) const {
  if (!options_.api_keys.empty()) {
    if (has_key(request)) return std::nullopt;
    return to_api_error(
        {ErrorCode::kUnauthorized, "send a valid key as \"Authorization: Bearer KEY\""});
  }
  if (io::is_local_host(io::find_header(request.headers, "Host").value_or(""))) return std::nullopt;
  return ApiError{.status = 403,
                  .message = "without API keys the engine answers only under localhost",
                  .code = "host_not_allowed"};
}

bool EngineService::has_key(const io::HttpRequest& request) const {
  const auto key = io::bearer_key(request.headers);
  return key && io::is_one_of(*key, options_.api_keys);
}

std::optional<ApiError> EngineService::deny_session(const io::HttpRequest& request) const {
  if (request.path() != "/v1/realtime") {
    return ApiError{
        .status = 404, .message = "WebSockets are served at /v1/realtime", .code = "unknown_url"};
  }
  if (auto denied = deny(request)) return denied;
  // A browser lets any page open a WebSocket, and sends no key with it.
  if (io::find_header(request.headers, "Origin")) {
    return ApiError{
        .status = 403, .message = "the engine serves no web pages", .code = "origin_not_allowed"};
  }
  if (request.query("intent") != "transcription") {
    return refuse("this engine serves transcription sessions: ?intent=transcription", "intent")
        .error();
  }
  if (!whisper_) {
    return not_ready("the recogniser is not ready", transcription_.detail, transcription_.failed);
  }
  return std::nullopt;
}

std::optional<io::HttpResponse> EngineService::may_upgrade(const io::HttpRequest& request) {
  const auto denied = deny_session(request);
  if (!denied) return std::nullopt;
  metrics_.count_request(Route::kRealtime, result_of(denied->status));
  return to_response(*denied);
}

void EngineService::open_session(std::unique_ptr<io::WebSocket> socket) {
  const std::uint64_t id = ++last_id_;
  metrics_.count_request(Route::kRealtime, RequestResult::kOk);
  sessions_[id] = std::make_unique<TranscriptionSession>(
      shared_, id, std::move(socket), [this, id] { const auto ended = sessions_.extract(id); });
}

void EngineService::handle(io::HttpRequest request, std::unique_ptr<io::Responder> responder) {
  const auto found = std::ranges::find(kRoutes, request.path(), &RouteInfo::path);
  if (found == kRoutes.end()) {
    const ApiError error{
        .status = 404,
        .message = fmt::format("no such route; there are {}",
                               fmt::join(kRoutes | std::views::transform(&RouteInfo::path), ", ")),
        .code = "unknown_url"};
    return respond(Route::kUnknown, *responder, to_response(error));
  }
  if (request.method != found->method) {
    io::HttpResponse response = to_response(
        ApiError{.status = 405,
                 .message = fmt::format("{} answers to {} only", found->path, found->method),
                 .code = "method_not_allowed"});
    response.headers.emplace_back("Allow", found->method);
    return respond(found->route, *responder, std::move(response));
  }
  if (const auto denied = found->open ? std::nullopt : deny(request)) {
    return respond(found->route, *responder, to_response(*denied));
  }
  switch (found->route) {
    case Route::kTranscription:
      return transcribe(std::move(request), std::move(responder));
    case Route::kSpeech:
      return speak(request, std::move(responder));
    case Route::kChat:
      return chat(request, std::move(responder));
    case Route::kModels:
      return respond(found->route, *responder, list_models());
    case Route::kReady:
      return respond(found->route, *responder, tell_readiness());
    case Route::kMetrics:
      return respond(found->route, *responder, tell_metrics());
    case Route::kRealtime:
      return respond(
          found->route, *responder,
          to_response(ApiError{
              .status = 426, .message = "open a WebSocket here", .code = "upgrade_required"}));
    case Route::kHealth:
    case Route::kUnknown:
      return respond(found->route, *responder, json_response(200, {{"status", "alive"}}));
  }
}

void EngineService::transcribe(io::HttpRequest request, std::unique_ptr<io::Responder> responder) {
  if (!whisper_) {
    return respond(Route::kTranscription, *responder,
                   to_response(not_ready("the recogniser is not ready", transcription_.detail,
                                         transcription_.failed)));
  }
  const std::uint64_t id =
      open(Route::kTranscription, EngineKind::kTranscription, std::move(responder));
  const auto answer = std::make_shared<TranscriptionAnswer>();  // of this thread only
  start(
      id, pool::Priority::kTranscription,
      [whisper = whisper_, request = std::move(request),
       answer](pool::JobContext& context) -> Result<> {
        context.post(
            [answer, made = answer_transcription(*whisper, request, context.cancel())]() mutable {
              *answer = std::move(made);
            });
        return {};
      },
      [this, id, answer](Exchange& exchange, Result<> result) {
        exchange.audio = answer->audio;
        finish(id,
               result ? std::move(answer->response) : to_response(to_api_error(result.error())));
      });
}

void EngineService::speak(const io::HttpRequest& request,
                          std::unique_ptr<io::Responder> responder) {
  const auto parsed = parse_speech_request(request.body);
  if (!parsed) return respond(Route::kSpeech, *responder, to_response(parsed.error()));
  const auto voice = find_voice(parsed->voice);
  if (!voice) return respond(Route::kSpeech, *responder, to_response(voice.error()));
  const bool wav = parsed->format == SpeechRequest::Format::kWav;
  const char* const type = wav ? "audio/wav" : "audio/pcm";
  const std::string head = wav ? audio::wav_head(kVoiceRate) : "";
  const std::uint64_t id = open(Route::kSpeech, EngineKind::kSpeech, std::move(responder));
  start(
      id, pool::Priority::kSpeech,
      [this, id, type, head, voice = *voice, text = parsed->input,
       speed = parsed->speed](pool::JobContext& context) {
        return voice->speak(
            text, speed,
            [&](std::span<const std::int16_t> pcm) {
              context.post([this, id, type, head, bytes = to_bytes(pcm)] {
                send_audio(id, type, head, bytes);
              });
              return !context.cancel().cancelled();
            },
            context.cancel());
      },
      [this, id, type, head](Exchange& exchange, Result<> result) {
        if (!result && exchange.streaming) return close(id, RequestResult::kFailed);
        if (!result) return finish(id, to_response(to_api_error(result.error())));
        if (!exchange.streaming) send_audio(id, type, head, "");  // nothing speakable
        if (!exchanges_.contains(id)) return;
        exchange.responder->finish();
        close(id, RequestResult::kOk);
      });
}

void EngineService::chat(const io::HttpRequest& request, std::unique_ptr<io::Responder> responder) {
  const auto parsed = parse_chat_request(request.body);
  if (!parsed) return respond(Route::kChat, *responder, to_response(parsed.error()));
  const ChatReply reply =
      make_chat_reply(*parsed, brain::reply(parsed->messages, options_.local_time()), ++last_id_,
                      options_.unix_seconds());
  if (!parsed->stream) {
    return respond(Route::kChat, *responder,
                   {.status = 200,
                    .headers = {{"Content-Type", "application/json"}},
                    .body = chat_completion(reply)});
  }
  metrics_.count_request(Route::kChat, RequestResult::kOk);
  responder->start(200, {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-cache"}});
  for (const std::string& event : chat_chunks(reply, parsed->include_usage)) {
    if (!responder->write(event)) return;
  }
  responder->finish();
}

io::HttpResponse EngineService::list_models() const {
  json data = json::array();
  const auto add = [&data](const std::string& id) {
    data.push_back({{"id", id}, {"object", "model"}, {"created", 0}, {"owned_by", "eva"}});
  };
  if (whisper_) add(options_.stt_model);
  for (const auto& voice : voices_) add(voice->name());
  add("eva-offline");
  return json_response(200, {{"object", "list"}, {"data", std::move(data)}});
}

io::HttpResponse EngineService::tell_readiness() const {
  json missing = json::object();
  if (!transcription_.ready) missing["transcription"] = transcription_.detail;
  if (!speech_.ready) missing["speech"] = speech_.detail;
  if (!ready()) {
    const bool failed = transcription_.failed || speech_.failed;
    io::HttpResponse response = json_response(
        503, {{"status", failed ? "failed" : "loading"}, {"missing", std::move(missing)}});
    response.headers.emplace_back("Retry-After", "1");
    return response;
  }
  json voices = json::array();
  for (const auto& voice : voices_) voices.push_back(voice->name());
  return json_response(
      200,
      {{"status", "ready"}, {"transcription", options_.stt_model}, {"voices", std::move(voices)}});
}

io::HttpResponse EngineService::tell_metrics() {
  metrics_.set_jobs(pool_.waiting(), pool_.running());
  return {.status = 200,
          .headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}},
          .body = metrics_.text()};
}

ApiResult<std::shared_ptr<const Voice>> EngineService::find_voice(const std::string& name) const {
  if (voices_.empty()) {
    return std::unexpected(not_ready("the voice is not ready", speech_.detail, speech_.failed));
  }
  for (const auto& voice : voices_) {
    if (voice->name() == name) return voice;
  }
  if (name.empty() || std::ranges::find(kOpenAiVoices, name) != kOpenAiVoices.end()) {
    return voices_.front();
  }
  std::vector<std::string> names;
  for (const auto& voice : voices_) names.push_back(voice->name());
  return refuse(fmt::format("there is no such voice; there are {} (OpenAI's names mean {})",
                            fmt::join(names, ", "), names.front()),
                "voice");
}

// ---- Exchanges ---------------------------------------------------------------------------------

void EngineService::respond(Route route, io::Responder& responder, io::HttpResponse response) {
  metrics_.count_request(route, result_of(response.status));
  responder.respond(std::move(response));
}

std::uint64_t EngineService::open(Route route, EngineKind engine,
                                  std::unique_ptr<io::Responder> responder) {
  const std::uint64_t id = ++last_id_;
  responder->on_disconnect([this, id] { close(id, RequestResult::kCancelled); });
  exchanges_.emplace(id,
                     std::make_unique<Exchange>(route, engine, std::move(responder), home_.now()));
  return id;
}

void EngineService::start(std::uint64_t id, pool::Priority priority,
                          std::move_only_function<Result<>(pool::JobContext&)> work,
                          std::move_only_function<void(Exchange&, Result<>)> done) {
  pool::Job job;
  job.priority = priority;
  job.deadline = home_.now() + options_.job_deadline;
  job.work = std::move(work);
  job.started = [this, id] { exchanges_.at(id)->started = home_.now(); };
  job.done = [this, id, done = std::move(done)](Result<> result) mutable {
    done(*exchanges_.at(id), std::move(result));
  };
  auto ticket = pool_.try_post(std::move(job));
  if (!ticket) return finish(id, to_response(to_api_error(ticket.error())));
  exchanges_.at(id)->ticket = std::move(*ticket);
}

void EngineService::send_audio(std::uint64_t id, const char* type, const std::string& head,
                               const std::string& bytes) {
  Exchange& exchange = *exchanges_.at(id);
  if (!exchange.streaming) {
    exchange.streaming = true;
    exchange.responder->start(200, {{"Content-Type", type}});
    if (!bytes.empty()) metrics_.observe_first_audio(home_.now() - exchange.accepted);
    if (!head.empty() && !exchange.responder->write(head)) {
      return close(id, RequestResult::kCancelled);
    }
  }
  if (bytes.empty()) return;
  exchange.audio += samples_to_duration(std::ssize(bytes) / 2, kVoiceRate);
  if (!exchange.responder->write(bytes)) close(id, RequestResult::kCancelled);
}

void EngineService::finish(std::uint64_t id, io::HttpResponse response) {
  const RequestResult result = result_of(response.status);
  exchanges_.at(id)->responder->respond(std::move(response));
  close(id, result);
}

void EngineService::close(std::uint64_t id, RequestResult result) {
  const auto exchange = exchanges_.extract(id);
  if (exchange.empty()) return;
  const Exchange& ended = *exchange.mapped();
  metrics_.count_request(ended.route, result);
  if (result == RequestResult::kOk) {
    metrics_.observe_job(ended.engine, ended.started - ended.accepted, home_.now() - ended.started,
                         ended.audio);
  }
}

}  // namespace eva::engine
