#include "engine/run_engine.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <csignal>
#include <memory>
#include <thread>
#include <utility>

#include "engine/service.h"
#include "engine/text/lexicon.h"
#include "io/event_loop.h"
#include "io/http_server.h"
#include "io/wall_clock.h"

namespace eva::engine {
namespace {
constexpr Duration kDrain = 2s;
constexpr std::size_t kMaxBody = 25 << 20;  // 10 min of 16 kHz WAV are 18.3 MiB
constexpr std::size_t kMaxConnections = 256;
constexpr std::size_t kMaxSessions = 256;
constexpr std::size_t kMaxMessage = 2 << 20;  // 32 s of 24 kHz audio in base64

Error with_advice(Error error) {
  if (error.code == ErrorCode::kNotFound) error.detail += " (run: eva models pull)";
  return error;
}

Result<std::unique_ptr<Whisper>> load_recogniser(const EngineSettings& settings) {
  auto whisper = Whisper::load({.folder = settings.stt_folder});
  if (!whisper) return std::unexpected(with_advice(whisper.error()));
  return whisper;
}

/// Flite's voice is always there: after Piper's, or alone.
std::vector<std::unique_ptr<Voice>> load_voices(const EngineSettings& settings) {
  std::vector<std::unique_ptr<Voice>> voices;
  if (!settings.voice_folder.empty()) {
    auto piper = load_piper({.folder = settings.voice_folder, .lexicon = settings.lexicon});
    if (piper) {
      voices.push_back(std::move(*piper));
    } else {
      spdlog::warn("speaking with Flite's own voice: {}", with_advice(piper.error()).detail);
    }
  }
  voices.push_back(make_flite_voice());
  return voices;
}

ServiceOptions service_options(const EngineSettings& settings) {
  const int threads = settings.threads > 0
                          ? settings.threads
                          : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  return {
      // A transcription is short and somebody waits for it in silence, so it has a worker that
      // long speeches cannot take.
      .pool = {.workers = threads, .transcription_workers = 1, .queue_limit = settings.queue},
      .api_keys = settings.api_keys,
      .stt_model = settings.stt_folder.filename().string(),
      .local_time = io::local_time,
      .unix_seconds = io::unix_seconds,
      .on_loaded =
          [](const char* engine, const Result<>& result) {
            if (result) {
              spdlog::info("{} is ready", engine);
            } else {
              spdlog::error("{} is not available: {}", engine, result.error().detail);
            }
          },
  };
}

Result<io::ListenAddress> checked_address(const EngineSettings& settings) {
  auto address = io::parse_listen_address(settings.listen);
  if (address && !address->loopback() && settings.api_keys.empty()) {
    return fail(ErrorCode::kBadConfig,
                fmt::format("{} is open to other machines: set API keys, or listen on 127.0.0.1",
                            settings.listen));
  }
  return address;
}

/// Ends the loop once nothing is under way, at the latest after kDrain.
void drain(io::EventLoop& loop, const EngineService& service, Time latest) {
  constexpr Duration kLook = 20ms;
  if (service.open_requests() == 0 || loop.now() >= latest) return loop.stop();
  loop.call_at(loop.now() + kLook, [&loop, &service, latest] { drain(loop, service, latest); });
}
}  // namespace

Result<> check_lexicon(const std::filesystem::path& lexicon) {
  if (lexicon.empty()) return {};
  const auto refuse = [](const std::string& why) {
    return fail(ErrorCode::kBadConfig, "engine.lexicon: " + why);
  };
  std::error_code error;
  if (std::filesystem::is_directory(lexicon, error)) {
    return refuse(lexicon.string() + " is a folder");
  }
  const auto read = text::Lexicon::read(lexicon);
  if (!read) return refuse(read.error().detail);
  return {};
}

int run_engine(const EngineSettings& settings) {
  const auto stop = [](const Error& error) {
    spdlog::error("eva engine: {}", error.detail);
    return 1;
  };
  // Without its lexicon Piper would not load, and the caller would hear another voice.
  if (const auto right = check_lexicon(settings.lexicon); !right) return stop(right.error());
  const auto address = checked_address(settings);
  if (!address) return stop(address.error());

  io::EventLoop loop;
  EngineService* service = nullptr;  // requests come only once the loop runs
  io::HttpHandlers handlers;
  handlers.on_request = [&service](io::EventLoop&, io::HttpRequest request,
                                   std::unique_ptr<io::Responder> responder) {
    service->handle(std::move(request), std::move(responder));
  };
  handlers.may_upgrade = [&service](const io::HttpRequest& request, std::string&) {
    return service->may_upgrade(request);
  };
  handlers.on_websocket = [&service](io::EventLoop&, const io::HttpRequest&,
                                     std::unique_ptr<io::WebSocket> socket) {
    service->open_session(std::move(socket));
  };
  const io::HttpServerLimits limits{.body_bytes = kMaxBody,
                                    .connections = kMaxConnections,
                                    .websockets = kMaxSessions,
                                    .message_bytes = kMaxMessage};
  auto server = io::HttpServer::listen({&loop}, *address, limits, std::move(handlers));
  if (!server) return stop(server.error());
  spdlog::info("the engine listens on {}", (*server)->address());

  EngineService engines(loop, service_options(settings),
                        {.recogniser = [&settings] { return load_recogniser(settings); },
                         .voices = [&settings] { return load_voices(settings); }});
  service = &engines;
  bool stopping = false;
  loop.on_signals({SIGINT, SIGTERM}, [&](int) {
    if (std::exchange(stopping, true)) return loop.stop();  // asked twice: at once
    (*server)->stop_accepting();
    drain(loop, engines, loop.now() + kDrain);
  });
  loop.run();
  return 0;
}

}  // namespace eva::engine
