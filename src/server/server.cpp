#include "server/server.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <utility>

#include "io/http_server.h"
#include "io/private_socket.h"
#include "replay/recording_store.h"
#include "server/access.h"
#include "server/engine_supervisor.h"
#include "server/engines.h"
#include "server/metrics.h"
#include "server/open_files.h"
#include "server/shard.h"
#include "server/web.h"

namespace eva::server {
namespace {

// Connections besides the calls: pages, probes, and those that have not said yet what they want.
constexpr std::size_t kPlainConnections = 256;
constexpr std::size_t kOtherFiles = 64;  // loops, log, models, listeners
constexpr std::size_t kShownPath = 200;  // bytes of a path in a refusal
constexpr Duration kAskForEnd = 20ms;    // while draining: how often the shards are counted

io::HttpResponse text(int status, std::string body,
                      std::string type = "text/plain; charset=utf-8") {
  return {
      .status = status, .headers = {{"Content-Type", std::move(type)}}, .body = std::move(body)};
}

/// At most kShownPath bytes, not cut inside a UTF-8 character.
std::string shown(std::string_view path) {
  if (path.size() <= kShownPath) return std::string(path);
  std::size_t end = kShownPath;
  while (end > kShownPath - 4 && (static_cast<unsigned char>(path[end]) & 0xc0) == 0x80) --end;
  return std::string(path.substr(0, end)) + "...";
}

class ServerImpl final : public Server {
 public:
  ServerImpl(std::vector<io::EventLoop*> loops, ServerOptions options)
      : loops_(std::move(loops)), options_(std::move(options)) {}

  Result<> begin() {
    const auto address = io::parse_listen_address(config().server.listen);
    if (!address) return std::unexpected(address.error());
    for (const auto& key : config().server.api_keys) {
      access_.api_keys.emplace_back(key.reveal());
    }
    access_.allowed_origins = config().server.allowed_origins;
    if (access_.api_keys.empty() && !address->loopback()) {
      return fail(ErrorCode::kBadConfig,
                  fmt::format("server.listen is {}, which other machines can reach, but no API key "
                              "is set. Set EVA_API_KEYS or server.api_keys_file, or listen on "
                              "127.0.0.1.",
                              config().server.listen));
    }
    access_.local_hosts_only = access_.api_keys.empty();

    // A call may have a connection to an engine of its own, and the plain ones come on top.
    const std::size_t sessions = static_cast<std::size_t>(config().limits.connections);
    allow_open_files(3 * sessions + kPlainConnections + kOtherFiles);

    auto vad = vad::SileroModel::load(options_.vad_model);
    if (!vad) {
      return fail(vad.error().code, fmt::format("the voice detector cannot be loaded: {} Run: eva "
                                                "models pull",
                                                vad.error().detail));
    }
    vad_ = std::move(*vad);
    if (needs_turn_model(config())) {
      auto network = endpoint::TurnNetwork::load(options_.turn_model);
      if (!network) {
        return fail(
            network.error().code,
            fmt::format("turn.end_of_turn = \"{}\" needs the model of turn.model: {} Run: "
                        "eva models pull; or set turn.end_of_turn to dynamic",
                        config().turn.end_of_turn == config::EndOfTurn::kSmart ? "smart" : "auto",
                        network.error().detail));
      }
      turn_network_ = std::move(*network);
    }

    const auto socket = io::private_socket_path("eva-engine");
    if (!socket) return std::unexpected(socket.error());
    io::Url embedded{.scheme = io::Url::Scheme::kUnix, .socket_path = *socket, .base_path = "/v1"};
    auto doors = resolve_doors(config(), embedded);
    if (!doors) return std::unexpected(doors.error());
    doors_ = std::move(*doors);

    if (auto opened = open_recordings(); !opened) return opened;
    for (io::EventLoop* loop : loops_) {
      shards_.emplace(loop, std::make_unique<Shard>(
                                *loop, ShardParts{config(), doors_, *vad_, turn_network_.get(),
                                                  metrics_, recordings_.get()}));
    }
    if (auto listening = listen(*address); !listening) return listening;
    if (doors_.embedded) start_engine(*socket);
    metrics_.engine_ready(!doors_.embedded);
    return {};
  }

  std::string address() const override { return http_->address(); }

  void on_ready(std::function<void()> task) override {
    if (engine_ && !engine_->ready()) {
      ready_task_ = std::move(task);
    } else {
      loop().post(std::move(task));
    }
  }

  void drain(std::function<void()> done) override {
    http_->stop_accepting();
    draining_ = true;
    drained_ = std::move(done);
    spdlog::info("stopping: calls may end within {} ms", to_ms(config().server.drain));
    close_at_ = loop().now() + config().server.drain;
    wait_for_end();
  }

 private:
  const config::Config& config() const { return options_.config; }
  io::EventLoop& loop() { return *loops_.front(); }

  Result<> open_recordings() {
    const auto& recording = config().recording;
    if (recording.folder.empty()) return {};
    auto store = replay::RecordingStore::open(
        {.folder = recording.folder,
         .redact = recording.redact,
         .call_bytes = recording.call_bytes,
         .folder_bytes = recording.folder_bytes,
         .log = [](const std::string& line) { spdlog::warn("{}", line); }});
    if (!store) return std::unexpected(store.error());
    recordings_ = std::move(*store);
    spdlog::info("calls are recorded in {}{}", recording.folder,
                 recording.redact ? ", without sound and text" : "");
    return {};
  }

  Result<> listen(const io::ListenAddress& address) {
    io::HttpServerLimits limits;
    limits.websockets = static_cast<std::size_t>(config().limits.connections);
    limits.connections = limits.websockets + kPlainConnections;
    limits.message_bytes = static_cast<std::size_t>(config().limits.message_bytes);
    limits.outbox_bytes = static_cast<std::size_t>(config().limits.outbox_bytes);
    limits.body_bytes = 1 << 20;  // no route here takes a body
    limits.ping_interval = config().limits.idle;
    io::HttpHandlers handlers;
    handlers.on_request = [this](io::EventLoop&, const io::HttpRequest& request,
                                 std::unique_ptr<io::Responder> responder) {
      responder->respond(answer(request));
    };
    handlers.may_upgrade = [this](const io::HttpRequest& request, std::string& subprotocol) {
      return may_upgrade(request, subprotocol);
    };
    handlers.on_websocket = [this](io::EventLoop& loop, const io::HttpRequest&,
                                   std::unique_ptr<io::WebSocket> socket) {
      shards_.at(&loop)->add(std::move(socket));
    };
    auto http = io::HttpServer::listen(loops_, address, limits, std::move(handlers));
    if (!http) return std::unexpected(http.error());
    http_ = std::move(*http);
    return {};
  }

  void start_engine(const std::string& socket) {
    engine_ = std::make_unique<EngineSupervisor>(
        loop(),
        EngineChild{.program = options_.program,
                    .arguments = engine_arguments(config()),
                    .socket = socket,
                    .nice = config().engine.nice},
        EngineSupervisor::Listener{
            .on_ready =
                [this](bool ready) {
                  metrics_.engine_ready(ready);
                  engine_ready_ = ready;
                  if (ready) tell_failure("");
                  if (ready && ready_task_) std::exchange(ready_task_, nullptr)();
                },
            .on_exit = [this](const std::string&) { metrics_.engine_restarted(); },
            .on_failed = [this](std::string why) { tell_failure(std::move(why)); }});
  }

  // On any loop.
  io::HttpResponse answer(const io::HttpRequest& request) {
    const std::string path(request.path());
    const bool get = request.method == "GET" || request.method == "HEAD";
    if (get && config().server.web && !access_.local_hosts_only) {
      // The page holds no secrets and must load before it can ask for a key.
      if (auto file = page(path)) return std::move(*file);
    }
    if (auto refusal = refuse(access_, request)) return std::move(*refusal);
    if (!get) return error_response(405, "method_not_allowed", "Use GET.");
    if (config().server.web) {
      if (auto file = page(path)) return std::move(*file);
    }
    if (path == "/healthz") return text(200, "ok\n");
    if (path == "/readyz") return readiness();
    if (path == "/metrics") return text(200, metrics_.render(), "text/plain; version=0.0.4");
    if (path == "/v1/realtime") {
      auto response = error_response(426, "upgrade_required", "Connect with a WebSocket.");
      response.headers.emplace_back("Upgrade", "websocket");
      return response;
    }
    return error_response(
        404, "not_found",
        "There is no " + shown(path) + "; see /, /v1/realtime, /healthz, /readyz, /metrics.");
  }

  io::HttpResponse readiness() const {
    const bool ready = !doors_.embedded || engine_ready_;
    const std::string why = why_failed();
    nlohmann::json body{{"ready", ready && !draining_},
                        {"engine", !doors_.embedded ? "remote"
                                   : ready          ? "ready"
                                   : why.empty()    ? "starting"
                                                    : "failed"},
                        {"draining", draining_.load()}};
    if (!ready && !why.empty()) body["reason"] = why;
    return text(ready && !draining_ ? 200 : 503, to_text(body) + "\n", "application/json");
  }

  void tell_failure(std::string why) {
    const std::lock_guard lock(failure_mutex_);
    failure_ = std::move(why);
  }
  std::string why_failed() const {
    const std::lock_guard lock(failure_mutex_);
    return failure_;
  }

  std::optional<io::HttpResponse> may_upgrade(const io::HttpRequest& request,
                                              std::string& subprotocol) const {
    if (auto refusal = refuse(access_, request)) return refusal;
    if (request.path() != "/v1/realtime") {
      return error_response(404, "not_found", "WebSockets are served at /v1/realtime.");
    }
    if (draining_) return error_response(503, "shutting_down", "The server is shutting down.");
    subprotocol = choose_subprotocol(request);
    return std::nullopt;
  }

  // Counts the sessions of every shard on its own loop; ends when none is left.
  void wait_for_end() {
    const auto open = std::make_shared<std::atomic<std::size_t>>(0);
    const auto missing = std::make_shared<std::atomic<std::size_t>>(shards_.size());
    const bool close = loop().now() >= close_at_;
    for (auto& [shard_loop, shard] : shards_) {
      shard_loop->post([this, open, missing, close, shard = shard.get()] {
        if (close) shard->close_all();
        *open += shard->sessions();
        if (--*missing > 0) return;
        loop().post([this, open] {
          // A client that answers no close frame is dropped after 2 s (io/websocket.h).
          if (*open == 0) {
            drained_();
          } else {
            loop().call_at(loop().now() + kAskForEnd, [this] { wait_for_end(); });
          }
        });
      });
    }
  }

  std::vector<io::EventLoop*> loops_;
  ServerOptions options_;
  AccessRules access_;
  Metrics metrics_;
  std::unique_ptr<vad::SileroModel> vad_;
  std::unique_ptr<endpoint::TurnNetwork> turn_network_;  // may be null
  EngineDoors doors_;
  std::unique_ptr<replay::RecordingStore> recordings_;  // nullptr: calls are not recorded
  std::map<io::EventLoop*, std::unique_ptr<Shard>> shards_;
  std::unique_ptr<io::HttpServer> http_;
  std::unique_ptr<EngineSupervisor> engine_;
  std::function<void()> ready_task_;
  std::function<void()> drained_;
  Time close_at_{};
  std::atomic<bool> engine_ready_{false};
  mutable std::mutex failure_mutex_;
  std::string failure_;  // why the engine will not become ready, "" = it may; any loop reads it
  std::atomic<bool> draining_{false};
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(std::vector<io::EventLoop*> loops,
                                              ServerOptions options) {
  auto server = std::make_unique<ServerImpl>(std::move(loops), std::move(options));
  if (auto begun = server->begin(); !begun) return std::unexpected(begun.error());
  return server;
}

}  // namespace eva::server
