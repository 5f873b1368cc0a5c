#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/packs.h"
#include "engine/run_engine.h"
#include "io/http_server.h"
#include "models/catalogue.h"
#include "models/store.h"
#include "tensor/model.h"

namespace eva::cli {
namespace {

constexpr Duration kPatience = 10s;
constexpr Duration kPortPatience = 2s;  // for a program on this machine

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

void check_runtime(Report& report) {
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

/// True when the address is taken by another Eva, which is no mistake.
bool report_if_eva_runs(Report& report, const config::Config& config,
                        const io::ListenAddress& address) {
  if (address.socket_path.empty() && address.port == 0) return false;  // any free one
  io::Url url;
  if (address.socket_path.empty()) {
    const bool every = address.host == "0.0.0.0" || address.host == "::";
    url.host = every ? (address.host == "::" ? "::1" : "127.0.0.1") : address.host;
    url.port = address.port;
  } else {
    url.scheme = io::Url::Scheme::kUnix;
    url.socket_path = address.socket_path;
  }
  const auto health = ask(url, "/healthz", "", kPortPatience);
  if (!health || health->status != 200) return false;
  const auto ready = ask(url, "/readyz", "", kPortPatience);
  if (!ready || ready->body.find("\"draining\"") == std::string::npos) return false;
  report.note("address " + config.server.listen + ": Eva is already running there", "");
  return true;
}

void check_lexicon(Report& report, const config::Config& config) {
  if (config.engine.lexicon.empty()) return;
  if (const auto right = engine::check_lexicon(config.engine.lexicon)) {
    report.good("engine.lexicon: " + config.engine.lexicon);
  } else {
    report.bad(right.error().detail, "Mend the file, or leave the setting out.");
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
  if (!report_if_eva_runs(report, config, *address)) {
    io::EventLoop loop;
    const auto server = io::HttpServer::listen({&loop}, *address, {}, {});
    if (server) {
      report.good("address " + config.server.listen + ": free");
    } else {
      report.bad("address: " + server.error().detail, "The setting is server.listen.");
    }
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
  const auto answer = ask(*url, "/models", std::string(section.key.reveal()), kPatience);
  const std::string where = fmt::format("{}: {}", name, section.url);
  if (!answer) {
    report.bad(where + " cannot be reached: " + answer.error().detail,
               fmt::format("Is it running, and is {}.url right?", name));
  } else if (answer->status == 401 || answer->status == 403) {
    report.bad(fmt::format("{} refuses the key ({})", where, answer->status),
               section.key.empty()
                   ? fmt::format("Set {}.key_env to the variable that holds the key.", name)
                   : fmt::format("Is the key in {}.key_env or key_file right?", name));
  } else if (answer->status >= 500) {
    report.bad(fmt::format("{} answers {}", where, answer->status), "Look at that service's log.");
  } else if (answer->status >= 300) {
    report.note(fmt::format("{} answers; key and route not checked: it lists no models ({} for "
                            "GET {}/models)",
                            where, answer->status, section.url),
                fmt::format("If calls fail, look at {}.url and {}.key_env first.", name, name));
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
  check_runtime(report);
  check_models(report, config);
  check_lexicon(report, config);
  check_port(report, config);
  check_provider(report, "stt", config.stt);
  check_provider(report, "llm", config.llm);
  check_provider(report, "tts", config.tts);
  return report.exit_code();
}

}  // namespace eva::cli
