#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <memory>
#include <thread>
#include <vector>

#include "cli/commands.h"
#include "cli/packs.h"
#include "engine/run_engine.h"
#include "server/server.h"

namespace eva::cli {

int serve_command(const SettingsFlags& flags) {
  const auto loaded = load_settings(flags);
  if (!loaded) return 1;
  const config::Config& config = loaded->config;
  if (uses_engine(config)) {  // the child would refuse to start, again and again
    if (const auto right = engine::check_lexicon(config.engine.lexicon); !right) {
      fmt::print(stderr, "eva: {}\n", right.error().detail);
      return 1;
    }
  }

  const int count = config.server.loops > 0
                        ? config.server.loops
                        : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  std::vector<std::unique_ptr<io::EventLoop>> owned;
  std::vector<io::EventLoop*> loops;
  for (int i = 0; i < count; ++i) {
    loops.push_back(owned.emplace_back(std::make_unique<io::EventLoop>()).get());
  }
  io::EventLoop& main_loop = *loops.front();
  const Time started = main_loop.now();

  // Before anything exists that must be cleaned up; a signal is answered once the loop runs.
  std::unique_ptr<server::Server> server;
  bool stopping = false;
  main_loop.on_signals({SIGINT, SIGTERM}, [&](int) {
    if (std::exchange(stopping, true)) {  // asked twice: at once
      main_loop.stop();
      return;
    }
    server->drain([&] { main_loop.stop(); });
  });

  auto made = server::Server::start(loops, {.config = config,
                                            .program = own_path(),
                                            .vad_model = vad_model_file(config),
                                            .turn_model = turn_model_file(config)});
  if (!made) {
    fmt::print(stderr, "eva: {}\n", made.error().detail);
    return 1;
  }
  server = std::move(*made);
  const std::string address = server->address();
  if (address.starts_with("unix:")) {
    spdlog::info("Eva listens on {}", address);
  } else {
    fmt::print(stderr, "Eva is at http://{}/{}\n", address,
               uses_engine(config) ? " (the engines are loading)" : "");
  }
  server->on_ready([&] {
    fmt::print(stderr, "Ready after {:.1f} s. Open http://{}/ and talk. Ctrl-C ends.\n",
               static_cast<double>((main_loop.now() - started).count()) / 1e6, address);
  });

  std::vector<std::jthread> threads;
  for (std::size_t i = 1; i < loops.size(); ++i) {
    threads.emplace_back([loop = loops[i]] { loop->run(); });
  }
  main_loop.run();
  for (std::size_t i = 1; i < loops.size(); ++i) loops[i]->stop();
  threads.clear();
  server.reset();
  spdlog::info("Eva has stopped");
  return 0;
}

}  // namespace eva::cli
