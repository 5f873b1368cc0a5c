#pragma once
// The embedded engines behind OpenAI's HTTP interface (docs/engine-api.md).
#include <cstdint>
#include <ctime>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/executor.h"
#include "engine/service_error.h"
#include "engine/service_metrics.h"
#include "engine/transcription_session.h"
#include "engine/voice.h"
#include "engine/whisper.h"
#include "io/http.h"
#include "io/http_server.h"
#include "pool/worker_pool.h"

namespace eva::engine {

struct ServiceOptions {
  pool::PoolOptions pool;               // a queue_limit of 1 counts as 2: two engines are loaded
  Duration job_deadline = 300s;         // of one transcription or speech, waiting included
  std::vector<std::string> api_keys;    // empty: none is asked for
  std::string stt_model = "whisper";    // its name in /v1/models
  std::function<std::tm()> local_time;  // for the brain
  std::function<std::int64_t()> unix_seconds;  // for "created"
  /// Told once for "transcription" and once for "speech"; may be empty.
  std::function<void(const char* engine, const Result<>&)> on_loaded;
};

/// How the engines come to be; each runs once, on a worker, and may block.
struct EngineLoaders {
  std::function<Result<std::unique_ptr<Whisper>>()> recogniser;
  /// At least one; the first is the default voice.
  std::function<Result<std::vector<std::unique_ptr<Voice>>>()> voices;
};

/// Loads the engines in the background and answers from the first moment on: what needs an engine
/// that is not ready is refused with 503. Everything is called on the home executor's thread, which
/// is also the connections' loop.
class EngineService {
 public:
  /// `home` outlives the service and runs no task after its death.
  EngineService(Executor& home, ServiceOptions options, EngineLoaders loaders);
  /// Cancels all requests and waits for the workers to notice.
  ~EngineService();
  EngineService(const EngineService&) = delete;
  EngineService& operator=(const EngineService&) = delete;

  /// Answers every request, at once or later. A client that goes away cancels its work.
  void handle(io::HttpRequest request, std::unique_ptr<io::Responder> responder);

  /// Before a WebSocket is opened: why not, or nullopt. Only transcription sessions are served.
  std::optional<io::HttpResponse> may_upgrade(const io::HttpRequest& request);
  /// Serves the session until the client is gone.
  void open_session(std::unique_ptr<io::WebSocket> socket);

  /// Both engines are loaded and each has done one inference.
  bool ready() const { return transcription_.ready && speech_.ready; }
  /// Transcriptions and speeches under way, those of sessions not counted.
  std::size_t open_requests() const { return exchanges_.size(); }

 private:
  struct Readiness {
    bool ready = false;
    bool failed = false;             // and will not become ready
    std::string detail = "loading";  // why it is not ready
  };
  struct Exchange;
  struct Loaded;

  void load(EngineLoaders loaders);
  void loaded(Readiness& part, const char* name, const Result<>& result);

  /// Why the request may not be answered, or nullopt.
  std::optional<ApiError> deny(const io::HttpRequest& request) const;
  std::optional<ApiError> deny_session(const io::HttpRequest& request) const;
  bool has_key(const io::HttpRequest& request) const;
  void transcribe(io::HttpRequest request, std::unique_ptr<io::Responder> responder);
  void speak(const io::HttpRequest& request, std::unique_ptr<io::Responder> responder);
  void chat(const io::HttpRequest& request, std::unique_ptr<io::Responder> responder);
  io::HttpResponse list_models() const;
  io::HttpResponse tell_readiness() const;
  io::HttpResponse tell_metrics();
  ApiResult<std::shared_ptr<const Voice>> find_voice(const std::string& name) const;

  /// Answers at once, and counts it.
  void respond(Route route, io::Responder& responder, io::HttpResponse response);

  // An exchange is a request that waits for the pool; it is named by a number.
  std::uint64_t open(Route route, EngineKind engine, std::unique_ptr<io::Responder> responder);
  void start(std::uint64_t id, pool::Priority priority,
             std::move_only_function<Result<>(pool::JobContext&)> work,
             std::move_only_function<void(Exchange&, Result<>)> done);
  void send_audio(std::uint64_t id, const char* type, const std::string& head,
                  const std::string& bytes);
  void finish(std::uint64_t id, io::HttpResponse response);
  void close(std::uint64_t id, RequestResult result);

  // Given.
  Executor& home_;
  const ServiceOptions options_;
  // Owned. The engines are shared with the jobs that use them.
  ServiceMetrics metrics_;
  std::shared_ptr<const Whisper> whisper_;
  std::vector<std::shared_ptr<const Voice>> voices_;
  // State.
  Readiness transcription_;
  Readiness speech_;
  std::uint64_t last_id_ = 0;
  std::unordered_map<std::uint64_t, std::unique_ptr<Exchange>> exchanges_;
  std::vector<std::unique_ptr<pool::Ticket>> loads_;
  pool::WorkerPool pool_;  // after what its jobs use, so that its workers end first
  TranscriptionShared shared_;
  std::unordered_map<std::uint64_t, std::unique_ptr<TranscriptionSession>> sessions_;
};

}  // namespace eva::engine
