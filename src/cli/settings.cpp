#include "cli/settings.h"

#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace eva::cli {
namespace {

/// One JSON object a line, whatever the message holds.
class JsonLines final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    head_.format(message, out);
    const std::string_view text(message.payload.data(), message.payload.size());
    append(nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
           out);
    append("}\n", out);
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonLines>();
  }

 private:
  static void append(std::string_view text, spdlog::memory_buf_t& out) {
    out.append(text.data(), text.data() + text.size());
  }

  spdlog::pattern_formatter head_{R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","message":)",
                                  spdlog::pattern_time_type::local, ""};
};

void set_up_log(const config::LogConfig& log) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("eva"));
  spdlog::set_level(log.level == config::LogLevel::kDebug  ? spdlog::level::debug
                    : log.level == config::LogLevel::kInfo ? spdlog::level::info
                    : log.level == config::LogLevel::kWarn ? spdlog::level::warn
                                                           : spdlog::level::err);
  if (log.format == config::LogFormat::kJson) {
    spdlog::set_formatter(std::make_unique<JsonLines>());
  } else {
    spdlog::set_pattern("%H:%M:%S.%e %^%l%$ %v");
  }
}

}  // namespace

void SettingsFlags::add_to(CLI::App& command, const char* listen_key) {
  command
      .add_option("--config", file,
                  "Settings file (default: the first of $EVA_CONFIG, ./eva.toml, "
                  "~/.config/eva/eva.toml, /etc/eva/eva.toml)")
      ->type_name("FILE");
  command.add_flag("--warnings-told", warnings_told)->group("");  // for the engine child
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
  set_up_log(loaded->config.log);
  if (!flags.warnings_told) {
    for (const auto& warning : loaded->warnings) spdlog::warn("{}", warning);
  }
  return std::move(*loaded);
}

}  // namespace eva::cli
