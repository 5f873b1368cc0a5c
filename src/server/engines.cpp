#include "server/engines.h"

#include <fmt/format.h>

#include <utility>

#include "providers/openai_llm.h"
#include "providers/openai_stt.h"
#include "providers/openai_tts.h"

namespace eva::server {
namespace {

// A decision waits for the answer, and by then it should fall without (docs/turn-taking.md).
constexpr Duration kPatience = 250ms;
constexpr std::size_t kScores = 8;  // that wait: more would all be too late

providers::ProviderOptions options_of(const auto& section, const std::string& user) {
  providers::ProviderOptions options;
  options.model = section.model;
  options.api_key = section.key.reveal();
  options.timeout = section.timeout;
  options.user = user;
  return options;
}

class Engines final : public SessionEngines {
 public:
  Engines(io::EventLoop& loop, EngineClients& clients, speech::TurnModel* turn_model,
          const config::Config& config, const std::string& user)
      : stt_(loop, clients.stt, config.stt.partials ? &clients.partials : nullptr,
             stt_options(config, user)),
        llm_(loop, clients.llm, llm_options(config, user)),
        tts_(loop, clients.tts, tts_options(config, user)),
        turn_model_(turn_model) {}

  session::Engines engines() override { return {stt_, llm_, tts_, turn_model_}; }

 private:
  static providers::ProviderOptions stt_options(const config::Config& config,
                                                const std::string& user) {
    return options_of(config.stt, user);
  }
  static providers::ProviderOptions llm_options(const config::Config& config,
                                                const std::string& user) {
    auto options = options_of(config.llm, user);
    if (options.model.empty()) options.model = "eva-offline";
    options.temperature = config.llm.temperature;
    return options;
  }
  static providers::ProviderOptions tts_options(const config::Config& config,
                                                const std::string& user) {
    auto options = options_of(config.tts, user);
    options.voice = config.tts.voice;
    return options;
  }

  providers::OpenAiStt stt_;
  providers::OpenAiLlm llm_;
  providers::OpenAiTts tts_;
  speech::TurnModel* turn_model_;
};

}  // namespace

Result<EngineDoors> resolve_doors(const config::Config& config, const io::Url& embedded) {
  EngineDoors doors;
  const auto resolve = [&](const std::string& text, io::Url& url) -> Result<> {
    if (text.empty()) {
      url = embedded;
      doors.embedded = true;
      return {};
    }
    auto parsed = io::parse_url(text);
    if (!parsed) return fail(ErrorCode::kBadConfig, parsed.error().detail);
    url = std::move(*parsed);
    return {};
  };
  for (const auto& [text, url] :
       {std::pair{&config.stt.url, &doors.stt}, std::pair{&config.llm.url, &doors.llm},
        std::pair{&config.tts.url, &doors.tts}}) {
    if (auto resolved = resolve(*text, *url); !resolved) return std::unexpected(resolved.error());
  }
  return doors;
}

TurnModelOfLoop::TurnModelOfLoop(io::EventLoop& loop, const endpoint::TurnNetwork& network)
    : pool_(loop, {.workers = 1, .queue_limit = kScores}),
      model_(loop, pool_, network, kPatience) {}

EngineClients::EngineClients(io::EventLoop& loop, const EngineDoors& doors)
    : stt(loop, doors.stt), partials(loop, doors.stt), llm(loop, doors.llm), tts(loop, doors.tts) {}

std::unique_ptr<SessionEngines> make_engines(io::EventLoop& loop, EngineClients& clients,
                                             speech::TurnModel* turn_model,
                                             const config::Config& config,
                                             const std::string& user) {
  return std::make_unique<Engines>(loop, clients, turn_model, config, user);
}

}  // namespace eva::server
