#include "config/load.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "config/key_files.h"
#include "config/nearest.h"
#include "config/toml_file.h"
#include "config/validate.h"

namespace eva::config {
namespace {

namespace fs = std::filesystem;
using Environment = std::map<std::string, std::string>;

// Variables with our prefix that are no keys of the table.
constexpr std::array<std::string_view, 2> kSpecials = {"EVA_API_KEYS", "EVA_CONFIG"};

std::string variable(const Environment& env, const std::string& name) {
  const auto found = env.find(name);
  return found == env.end() ? std::string() : found->second;
}

std::string expand_home(const std::string& path, const Environment& env) {
  const std::string home = variable(env, "HOME");
  return path.starts_with("~/") && !home.empty() ? home + path.substr(1) : path;
}

/// The merging of one load(); collects mistakes so that all are told at once.
class Merge {
 public:
  explicit Merge(const Sources& sources) : sources_(sources) {}

  Result<Loaded> run() {
    for (const Key& key : keys()) loaded_.from[full_name(key)] = "default";
    if (const auto read = read_settings(); !read) return std::unexpected(read.error());
    read_environment();
    read_flags();
    if (!mistakes_.empty()) return failed();
    expand_paths();
    read_secrets();
    if (!mistakes_.empty()) return failed();
    mistakes_ = validate(loaded_);
    if (!mistakes_.empty()) {
      for (std::string& mistake : mistakes_) mistake = located(mistake);
      return failed();
    }
    return std::move(loaded_);
  }

 private:
  void put(const Key& key, const Value& value, std::string from) {
    set(loaded_.config, key, value);
    loaded_.from[full_name(key)] = std::move(from);
  }

  Result<> read_settings() {
    const auto file = sources_.file ? sources_.file : find_file(sources_.env);
    if (!file) return {};
    const auto text = read_file(*file, kFileBytesMax);
    if (!text) {
      return fail(text.error().code, fmt::format("cannot read the settings file {}: {}",
                                                 file->string(), text.error().detail));
    }
    auto values = parse_text(*text, file->string());
    if (!values) return std::unexpected(values.error());
    loaded_.file = file->string();
    for (const FileValue& value : *values) {
      put(*value.key, value.value, fmt::format("{}:{}", loaded_.file, value.line));
    }
    return {};
  }

  void read_environment() {
    std::vector<std::string> names(kSpecials.begin(), kSpecials.end());
    for (const Key& key : keys()) names.push_back(env_name(key));
    for (const auto& variable : sources_.env) {
      const std::string& name = variable.first;
      if (!name.starts_with("EVA_") || std::ranges::count(kSpecials, name) > 0) continue;
      const auto found =
          std::ranges::find_if(keys(), [&](const Key& k) { return env_name(k) == name; });
      if (found == keys().end()) {
        const auto known = nearest(name, names);
        loaded_.warnings.push_back(fmt::format("unknown variable {}{}", shorten(name, 60),
                                               known ? "; did you mean " + *known + "?" : ""));
        continue;
      }
      read_text(*found, variable.second, name);
    }
  }

  void read_flags() {
    std::vector<std::string> names;
    for (const Key& key : keys()) names.push_back(full_name(key));
    for (const auto& [name, text] : sources_.flags) {
      const Key* key = find_key(name);
      if (!key) {
        const auto known = nearest(name, names);
        mistakes_.push_back(fmt::format("unknown flag --{}{}", name,
                                        known ? "; did you mean --" + *known + "?" : ""));
        continue;
      }
      read_text(*key, text, flag_name(*key));
    }
  }

  void read_text(const Key& key, const std::string& text, const std::string& from) {
    auto value = parse_value(key, text);
    if (value) return put(key, *value, from);
    mistakes_.push_back(fmt::format("{}: {}", from, value.error().detail));
  }

  void expand_paths() {
    for (const Key& key : keys()) {
      if (!key.path) continue;
      const Value value = get(loaded_.config, key);
      set(loaded_.config, key, expand_home(std::get<std::string>(value), sources_.env));
    }
    std::string& dir = loaded_.config.models.dir;
    if (!dir.empty()) return;
    const std::string cache = variable(sources_.env, "XDG_CACHE_HOME");
    const std::string home = variable(sources_.env, "HOME");
    if (!cache.empty()) {
      dir = cache + "/eva/models";
    } else if (!home.empty()) {
      dir = home + "/.cache/eva/models";
    } else {
      mistakes_.push_back("models.dir must be set, because neither HOME nor XDG_CACHE_HOME is");
    }
  }

  void read_secrets() {
    Config& c = loaded_.config;
    resolve("stt", c.stt.url, c.stt.key_env, c.stt.key_file, c.stt.key);
    resolve("llm", c.llm.url, c.llm.key_env, c.llm.key_file, c.llm.key);
    resolve("tts", c.tts.url, c.tts.key_env, c.tts.key_file, c.tts.key);
    std::string from;
    if (!c.server.api_keys_file.empty()) {
      auto keys = keys_of("server.api_keys_file", c.server.api_keys_file);
      c.server.api_keys.insert(c.server.api_keys.end(), keys.begin(), keys.end());
      from = c.server.api_keys_file;
    }
    auto keys = split_keys(variable(sources_.env, "EVA_API_KEYS"));
    if (keys.empty() && sources_.env.contains("EVA_API_KEYS")) {
      // A secret that did not arrive must not open the door to everybody.
      mistakes_.emplace_back(
          "EVA_API_KEYS is set but holds no key: give it keys, separated by commas, or unset it to "
          "ask for none");
    }
    if (!keys.empty()) from += from.empty() ? "EVA_API_KEYS" : ", EVA_API_KEYS";
    c.server.api_keys.insert(c.server.api_keys.end(), keys.begin(), keys.end());
    if (!c.server.api_keys.empty()) loaded_.secrets_from["server.api_keys"] = from;
  }

  void resolve(const std::string& section, const std::string& url, const std::string& key_env,
               const std::string& key_file, Secret& key) {
    if (!key_env.empty() && !key_file.empty()) {
      mistakes_.push_back(located(fmt::format(
          "{0}.key_file must not be set together with {0}.key_env: one key is enough", section)));
      return;
    }
    if (url.empty()) return;
    if (!key_file.empty()) {
      const auto keys = keys_of(section + ".key_file", key_file);
      if (keys.empty()) return;
      key = keys.front();
      loaded_.secrets_from[section + ".key"] = key_file;
    } else if (!key_env.empty()) {
      const auto keys = split_keys(variable(sources_.env, key_env));
      if (keys.size() != 1) {
        mistakes_.push_back(located(
            fmt::format("{}.key_env must name a variable that holds the API key, but {} is {}",
                        section, key_env, keys.empty() ? "not set" : "a list")));
        return;
      }
      key = keys.front();
      loaded_.secrets_from[section + ".key"] = key_env;
    }
  }

  /// The keys of a file, empty after a mistake. Messages do not repeat the path: it may be a key
  /// pasted by mistake.
  std::vector<Secret> keys_of(const std::string& name, const std::string& file) {
    auto keys = read_keys(file);
    if (!keys) {
      mistakes_.push_back(located(
          fmt::format("{} must name a readable file of API keys: {}", name, keys.error().detail)));
      return {};
    }
    if (readable_by_all(file)) {
      loaded_.warnings.push_back(
          fmt::format("every user of this machine can read the file of {}; chmod 600 it", name));
    }
    return std::move(*keys);
  }

  /// Puts the source of the key that `mistake` begins with before it.
  std::string located(const std::string& mistake) const {
    const auto found = loaded_.from.find(mistake.substr(0, mistake.find(' ')));
    if (found == loaded_.from.end() || found->second.starts_with("default")) return mistake;
    return fmt::format("{}: {}", found->second, mistake);
  }

  Result<Loaded> failed() const {
    std::string detail;
    for (const std::string& mistake : mistakes_) {
      if (!detail.empty()) detail += '\n';
      detail += mistake;
    }
    return fail(ErrorCode::kBadConfig, std::move(detail));
  }

  const Sources& sources_;
  Loaded loaded_;
  std::vector<std::string> mistakes_;
};

}  // namespace

std::map<std::string, std::string> process_environment() {
  std::map<std::string, std::string> env;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals == text.npos) continue;
    env.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return env;
}

std::optional<fs::path> find_file(const Environment& env) {
  if (const std::string named = variable(env, "EVA_CONFIG"); !named.empty()) return named;
  std::vector<fs::path> places = {"eva.toml"};
  const std::string xdg = variable(env, "XDG_CONFIG_HOME");
  const std::string home = variable(env, "HOME");
  if (!xdg.empty()) {
    places.push_back(fs::path(xdg) / "eva/eva.toml");
  } else if (!home.empty()) {
    places.push_back(fs::path(home) / ".config/eva/eva.toml");
  }
  places.emplace_back("/etc/eva/eva.toml");
  for (const fs::path& place : places) {
    std::error_code error;
    if (fs::exists(place, error)) return place;
  }
  return std::nullopt;
}

Result<Loaded> load(const Sources& sources) {
  return Merge(sources).run();
}

}  // namespace eva::config
