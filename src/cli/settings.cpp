#include "cli/settings.h"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>

namespace eva::cli {
namespace {

void set_up_log(const config::LogConfig& log) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("eva"));
  spdlog::set_level(log.level == config::LogLevel::kDebug  ? spdlog::level::debug
                    : log.level == config::LogLevel::kInfo ? spdlog::level::info
                    : log.level == config::LogLevel::kWarn ? spdlog::level::warn
                                                           : spdlog::level::err);
  spdlog::set_pattern(log.format == config::LogFormat::kJson
                          ? R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","message":"%v"})"
                          : "%H:%M:%S.%e %^%l%$ %v");
}

}  // namespace

void SettingsFlags::add_to(CLI::App& command, const char* listen_key) {
  command
      .add_option("--config", file, "Settings file (default: ./eva.toml and others, see README)")
      ->type_name("FILE");
  if (listen_key) {
    command
        .add_option_function<std::string>(
            "--listen",
            [this, listen_key](const std::string& value) { flags.emplace_back(listen_key, value); },
            fmt::format("Address and port, or unix:/path (same as --{})", listen_key))
        ->type_name("ADDR");
  }
  for (const config::Key& key : config::keys()) {
    command
        .add_option_function<std::string>(
            config::flag_name(key),
            [this, name = config::full_name(key)](const std::string& value) {
              flags.emplace_back(name, value);
            },
            std::string(key.doc))
        ->group("");  // 50 flags would bury the help; the footer tells where they are
  }
  command.footer(
      "Every setting is also a flag (--turn.silence_ms 300) and a variable "
      "(EVA_TURN_SILENCE_MS=300).\n`eva config` lists them with the values in force.");
}

config::Sources SettingsFlags::sources() const {
  config::Sources sources;
  if (!file.empty()) sources.file = file;
  sources.env = config::process_environment();
  sources.flags = flags;
  return sources;
}

std::optional<config::Loaded> load_settings(const SettingsFlags& flags) {
  auto loaded = config::load(flags.sources());
  if (!loaded) {
    fmt::print(stderr, "eva: the settings are wrong:\n{}\n", loaded.error().detail);
    return std::nullopt;
  }
  for (const auto& warning : loaded->warnings) fmt::print(stderr, "eva: warning: {}\n", warning);
  set_up_log(loaded->config.log);
  return std::move(*loaded);
}

}  // namespace eva::cli
