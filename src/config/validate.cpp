#include "config/validate.h"

#include <fmt/format.h>

#include <string_view>

#include "config/checks.h"

namespace eva::config {
namespace {

void warn_unused(Loaded& loaded, std::string_view section, const std::string& url,
                 const std::string& key_env, const std::string& key_file) {
  if (!url.empty() || (key_env.empty() && key_file.empty())) return;
  loaded.warnings.push_back(fmt::format("{0}.{1} is not used because {0}.url is empty", section,
                                        key_env.empty() ? "key_file" : "key_env"));
}

void warn_plain_http(Loaded& loaded, std::string_view section, const std::string& url,
                     const Secret& key) {
  if (key.empty() || !url.starts_with("http://")) return;
  const std::string host = url_host(url);
  if (host == "localhost" || host == "::1" || host.starts_with("127.")) return;
  loaded.warnings.push_back(fmt::format(
      "{}.url sends its API key to {} unencrypted; use https:// where possible", section, host));
}

}  // namespace

std::vector<std::string> validate(Loaded& loaded) {
  Config& c = loaded.config;
  std::vector<std::string> broken;

  if (c.turn.stt_after > c.turn.silence) {
    if (loaded.from["turn.stt_after_ms"] == "default") {
      c.turn.stt_after = c.turn.silence;
      loaded.from["turn.stt_after_ms"] = "default, at most turn.silence_ms";
    } else {
      broken.push_back(fmt::format(
          "turn.stt_after_ms ({}) must be at most turn.silence_ms ({}): recognition starts before "
          "the turn ends",
          to_ms(c.turn.stt_after), to_ms(c.turn.silence)));
    }
  }
  if (c.turn.max_turn < c.turn.silence + c.turn.min_speech) {
    broken.push_back(fmt::format(
        "turn.max_turn_ms ({}) must be at least turn.silence_ms + turn.min_speech_ms ({})",
        to_ms(c.turn.max_turn), to_ms(c.turn.silence + c.turn.min_speech)));
  }
  if (c.limits.input_buffer < c.turn.max_turn) {
    broken.push_back(
        fmt::format("limits.input_buffer_ms ({}) must be at least turn.max_turn_ms ({})",
                    to_ms(c.limits.input_buffer), to_ms(c.turn.max_turn)));
  }
  if (!c.llm.url.empty() && c.llm.model.empty()) {
    broken.push_back("llm.model must name a model of the server at llm.url");
  }
  if (!c.stt.url.empty() && c.stt.model.empty()) {
    broken.push_back("stt.model must name a model of the server at stt.url");
  }
  if (!c.tts.url.empty() && c.tts.model.empty()) {
    broken.push_back("tts.model must name a model of the server at tts.url");
  }

  warn_unused(loaded, "stt", c.stt.url, c.stt.key_env, c.stt.key_file);
  warn_unused(loaded, "llm", c.llm.url, c.llm.key_env, c.llm.key_file);
  warn_unused(loaded, "tts", c.tts.url, c.tts.key_env, c.tts.key_file);
  warn_plain_http(loaded, "stt", c.stt.url, c.stt.key);
  warn_plain_http(loaded, "llm", c.llm.url, c.llm.key);
  warn_plain_http(loaded, "tts", c.tts.url, c.tts.key);
  if (c.server.api_keys.empty() && !is_loopback_listen(c.server.listen)) {
    loaded.warnings.push_back(fmt::format(
        "server.listen is {}, and no API key is set: everybody who reaches this address "
        "may use it; set server.api_keys_file or EVA_API_KEYS",
        c.server.listen));
  }
  return broken;
}

}  // namespace eva::config
