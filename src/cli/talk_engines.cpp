#include "cli/talk_engines.h"

#include <fmt/format.h>

#include <csignal>
#include <filesystem>
#include <utility>

#include "cli/commands.h"
#include "cli/packs.h"
#include "engine/run_engine.h"
#include "io/private_socket.h"
#include "io/wall_clock.h"
#include "server/session_defaults.h"

namespace eva::cli {
namespace {

constexpr Duration kEngineStart = 60s;

std::filesystem::path recording_folder(const std::string& name) {
  const auto full = std::filesystem::absolute(name).lexically_normal();
  return full.has_filename() ? full : full.parent_path();
}

}  // namespace

struct TalkEngines::PrivateSocket {
  std::string path;
  ~PrivateSocket() { io::remove_private_socket(path); }
};

TalkEngines::TalkEngines(const config::Config& config) : config_(config) {
  loop_.on_signals({SIGINT, SIGTERM}, [this](int which) { signal_ = which; });
}
TalkEngines::~TalkEngines() = default;

Result<> TalkEngines::start() {
  const auto with_advice = [](const Error& error) {
    return fail(error.code, error.detail + " Run: eva models pull");
  };
  auto vad = vad::SileroModel::load(vad_model_file(config_));
  if (!vad) return with_advice(vad.error());
  vad_ = std::move(*vad);
  if (uses_engine(config_)) {
    if (auto right = engine::check_lexicon(config_.engine.lexicon); !right) return right;
  }
  auto path = io::private_socket_path("eva-talk");
  if (!path) return std::unexpected(path.error());
  socket_.reset(new PrivateSocket{std::move(*path)});
  const auto doors = server::resolve_doors(
      config_,
      {.scheme = io::Url::Scheme::kUnix, .socket_path = socket_->path, .base_path = "/v1"});
  if (!doors) return std::unexpected(doors.error());
  if (doors->embedded) {
    if (auto started = start_engine(); !started) return started;
  }
  clients_.emplace(loop_, *doors);
  if (server::needs_turn_model(config_)) {
    auto network = endpoint::TurnNetwork::load(turn_model_file(config_));
    if (!network) return with_advice(network.error());
    turn_network_ = std::move(*network);
    turn_model_.emplace(loop_, *turn_network_);
  }
  real_ = server::make_engines(loop_, *clients_, turn_model(), config_, "talk");
  return {};
}

// Runs the loop until the engine is ready.
Result<> TalkEngines::start_engine() {
  engine_.emplace(loop_,
                  server::EngineChild{.program = own_path(),
                                      .arguments = server::engine_arguments(config_),
                                      .socket = socket_->path,
                                      .nice = 0},
                  server::EngineSupervisor::Listener{
                      .on_ready = [](bool) {},
                      .on_exit = [this](const std::string& how) { engine_died_ = how; },
                      .on_failed = [this](const std::string& why) { engine_failed_ = why; }});
  const Time latest = loop_.now() + kEngineStart;
  const TimerId alarm = loop_.call_at(latest, [] {});
  loop_.run_until([&] {
    return engine_->ready() || !engine_failed_.empty() || !engine_died_.empty() || interrupted() ||
           loop_.now() >= latest;
  });
  loop_.cancel(alarm);
  if (interrupted()) return fail(ErrorCode::kCancelled, "interrupted");
  if (engine_->ready()) return {};
  if (engine_died_.empty() && !engine_failed_.empty()) {
    return fail(ErrorCode::kUnavailable, "the speech engine cannot work: " + engine_failed_);
  }
  return fail(
      ErrorCode::kUnavailable,
      "the speech engine does not start: " +
          (engine_died_.empty() ? fmt::format("not ready within {} s", to_ms(kEngineStart) / 1000)
                                : engine_died_));
}

Result<> TalkEngines::record_to(const std::string& folder) {
  // Faster than the disk, if the disk is slow: a call in virtual time waits for nobody.
  constexpr std::size_t kQueue = 1U << 30;
  auto opened = replay::RecordingStore::open(
      {.folder = recording_folder(folder).parent_path(),
       .redact = config_.recording.redact,
       .call_bytes = config_.recording.call_bytes,
       .folder_bytes = 0,
       .queue_bytes = kQueue,
       .log = [](const std::string& line) { fmt::print(stderr, "eva talk: {}\n", line); }});
  if (!opened) return std::unexpected(opened.error());
  store_ = std::move(*opened);
  recorder_ = store_->record_as(recording_folder(folder).filename().string(), io::unix_seconds());
  return {};
}

session::SessionParts TalkEngines::parts(Executor& clock, bool partials) {
  auto parts =
      server::session_parts(config_, *vad_, turn_model() != nullptr, server::lexicon(config_),
                            server::session_settings(config_), "talk");
  parts.limits.partials = parts.limits.partials && partials;
  return recorder_ ? recorder_->attach(std::move(parts), clock.now()) : std::move(parts);
}

}  // namespace eva::cli
