#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/packs.h"
#include "io/http_client.h"
#include "io/http_server.h"
#include "models/catalogue.h"
#include "models/store.h"
#include "tensor/model.h"

namespace eva::cli {
namespace {

constexpr Duration kPatience = 10s;

// Prints one line per finding; remembers whether something must be mended.
class Report {
 public:
  void good(const std::string& what) { line("ok", "32", what, ""); }
  void note(const std::string& what, const std::string& advice) {
    line("note", "33", what, advice);
  }
  void bad(const std::string& what, const std::string& advice) {
    line("BAD", "31", what, advice);
    bad_ = true;
  }
  int exit_code() const { return bad_ ? 1 : 0; }

 private:
  void line(const char* mark, const char* colour, const std::string& what,
            const std::string& advice) const {
    if (terminal_) {
      fmt::print("\033[{}m{:>4}\033[0m  {}\n", colour, mark, what);
    } else {
      fmt::print("{:>4}  {}\n", mark, what);
    }
    if (!advice.empty()) fmt::print("      -> {}\n", advice);
  }
  bool bad_ = false;
  bool terminal_ = isatty(STDOUT_FILENO) != 0;
};

void check_machine(Report& report) {
  if (__builtin_cpu_supports("avx2")) {
    report.good("processor: has AVX2");
  } else {
    report.bad("processor: has no AVX2", "Build with -DEVA_MARCH=x86-64-v2 (slower).");
  }
  if (const auto version = tensor::runtime_version()) {
    report.good("tensor runtime: ONNX Runtime " + *version);
  } else {
    report.bad("tensor runtime: " + version.error().detail, "Run: ./dev deps");
  }
}

void check_models(Report& report, const config::Config& config) {
  const models::Store store(config.models.dir);
  for (const auto& name : used_packs(config)) {
    const models::Pack* pack = models::Catalogue::builtin().find(name);
    if (!pack) {
      const bool there = std::filesystem::is_directory(store.dir() / name);
      if (there) {
        report.note("model " + name + ": a pack of your own in " + store.dir().string(), "");
      } else {
        report.bad("model " + name + ": not in the catalogue", "eva models list shows the names.");
      }
      continue;
    }
    const auto whole = store.verify(*pack);
    const std::string advice = "Run: eva models pull " + name;
    if (whole) {
      report.good("model " + name + ": installed, every byte checked");
    } else if (whole.error().code != ErrorCode::kNotFound) {
      report.bad("model " + name + ": " + whole.error().detail, advice);
    } else if (name == config.engine.voice) {
      report.note("model " + name + ": missing; Eva speaks with Flite's own voice", advice);
    } else {
      report.bad("model " + name + ": missing", advice);
    }
  }
}

void check_port(Report& report, const config::Config& config) {
  const auto address = io::parse_listen_address(config.server.listen);
  if (!address) {
    report.bad("server.listen: " + address.error().detail, "");
    return;
  }
  if (!address->loopback() && config.server.api_keys.empty()) {
    report.bad("server.listen: " + config.server.listen + " is open to other machines without keys",
               "Set EVA_API_KEYS or server.api_keys_file, or listen on 127.0.0.1.");
  }
  io::EventLoop loop;
  const auto server = io::HttpServer::listen({&loop}, *address, {}, {});
  if (server) {
    report.good("address " + config.server.listen + ": free");
  } else {
    report.note("address: " + server.error().detail, "");
  }
}

void check_provider(Report& report, const char* name, const auto& section) {
  if (section.url.empty()) {
    report.good(fmt::format("{}: embedded", name));
    return;
  }
  const auto url = io::parse_url(section.url);
  if (!url) {
    report.bad(fmt::format("{}.url: {}", name, url.error().detail), "");
    return;
  }
  io::EventLoop loop;
  io::HttpClient client(loop, *url);
  io::HttpRequest request;
  request.method = "GET";
  request.target = "/models";
  if (!section.key.empty()) {
    request.headers.emplace_back("Authorization", "Bearer " + std::string(section.key.reveal()));
  }
  int status = 0;
  std::optional<Result<>> end;
  io::HttpCallbacks callbacks;
  callbacks.on_head = [&](int code, const io::Headers&) { status = code; };
  callbacks.on_done = [&](Result<> result) { end = std::move(result); };
  const auto call = client.send(std::move(request),
                                {.connect = 5s, .first_byte = kPatience, .between = kPatience},
                                std::move(callbacks));
  loop.run_until([&] { return end.has_value(); });
  const std::string where = fmt::format("{}: {}", name, section.url);
  if (!*end) {
    report.bad(where + " cannot be reached: " + end->error().detail,
               fmt::format("Is it running, and is {}.url right?", name));
  } else if (status == 401 || status == 403) {
    report.bad(fmt::format("{} refuses the key ({})", where, status),
               section.key.empty()
                   ? fmt::format("Set {}.key_env to the variable that holds the key.", name)
                   : fmt::format("Is the key in {}.key_env or key_file right?", name));
  } else if (status >= 500) {
    report.bad(fmt::format("{} answers {}", where, status), "Look at that service's log.");
  } else if (status == 404) {
    report.good(where + " answers (it lists no models)");
  } else {
    report.good(where + " answers");
  }
}

}  // namespace

int doctor_command(const SettingsFlags& flags) {
  Report report;
  const auto loaded = config::load(flags.sources());
  if (!loaded) {
    report.bad("settings: " + loaded.error().detail, "eva config --example shows every key.");
    return report.exit_code();
  }
  report.good("settings: " + (loaded->file.empty() ? "no file, defaults" : loaded->file));
  for (const auto& warning : loaded->warnings) report.note("settings: " + warning, "");
  const config::Config& config = loaded->config;
  check_machine(report);
  check_models(report, config);
  check_port(report, config);
  check_provider(report, "stt", config.stt);
  check_provider(report, "llm", config.llm);
  check_provider(report, "tts", config.tts);
  return report.exit_code();
}

}  // namespace eva::cli
