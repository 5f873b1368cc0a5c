#include "cli/commands.h"
#include "cli/packs.h"
#include "engine/run_engine.h"

namespace eva::cli {

int engine_command(const SettingsFlags& flags) {
  const auto loaded = load_settings(flags);
  if (!loaded) return 1;
  const config::Config& config = loaded->config;
  engine::EngineSettings settings;
  settings.listen = config.engine.listen.empty() ? "127.0.0.1:8001" : config.engine.listen;
  settings.threads = config.engine.threads;
  settings.stt_folder = pack_folder(config, config.engine.stt_model);
  settings.voice_folder = pack_folder(config, config.engine.voice);
  settings.lexicon = config.engine.lexicon;
  settings.queue = static_cast<std::size_t>(config.engine.queue);
  // The private socket of `eva serve` is reached by this user alone and asks for no key.
  if (!settings.listen.starts_with("unix:")) {
    for (const auto& key : config.server.api_keys) settings.api_keys.emplace_back(key.reveal());
  }
  return engine::run_engine(settings);
}

}  // namespace eva::cli
