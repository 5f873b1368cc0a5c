#include "cli/replay_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <variant>

#include "config/keys.h"
#include "config/nearest.h"
#include "replay/settings_json.h"
#include "server/session_defaults.h"

namespace eva::cli {
namespace {

using nlohmann::json;

/// Any other value that the key can have.
config::Value another(const config::Key& key, const config::Value& value) {
  const auto choices = static_cast<std::int64_t>(key.choices.size());
  if (const auto* flag = std::get_if<bool>(&value)) return !*flag;
  if (const auto* text = std::get_if<std::string>(&value)) return *text + "x";
  if (const auto* number = std::get_if<double>(&value)) {
    return *number == key.min ? key.max : key.min;
  }
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    auto longer = *list;
    longer.emplace_back("x");
    return longer;
  }
  const auto* whole = std::get_if<std::int64_t>(&value);
  if (!whole) return static_cast<std::int64_t>(key.min);  // none is set
  if (choices > 0) return (*whole + 1) % choices;
  return static_cast<std::int64_t>(static_cast<double>(*whole) == key.min ? key.max : key.min);
}

/// The fields in which two trees differ, with the second's values.
json differing(const json& one, const json& other) {
  json fields = json::array();
  for (const auto& step : json::diff(one, other)) {
    if (step.value("op", "") == "replace") fields.push_back(step);
  }
  return fields;
}

/// Puts in the fields that `tree` has: settings without turn detection have none of its fields.
void apply(const json& fields, json& tree) {
  for (const auto& step : fields) {
    const json::json_pointer place(step.at("path").get<std::string>());
    if (tree.contains(place)) tree[place] = step.at("value");
  }
}

Result<> refuse(const std::string& set, const std::string& why) {
  return fail(ErrorCode::kBadConfig, fmt::format("--set {}: {}", set, why));
}

struct Fields {
  json settings = json::array();
  json limits = json::array();
};

/// A setting's fields in a session are those in which a session with it differs from one with
/// another value.
Result<> add(const std::string& set, Fields& fields, turn::Lexicon& lexicon) {
  const auto equals = set.find('=');
  const std::string name = set.substr(0, equals);
  if (equals == set.npos) return refuse(set, "write it as KEY=VALUE");
  const config::Key* key = config::find_key(name);
  if (!key) {
    std::vector<std::string> names;
    for (const config::Key& known : config::keys()) names.push_back(config::full_name(known));
    const auto near = config::nearest(name, names);
    return refuse(set, near ? fmt::format("there is no such setting; did you mean {}?", *near)
                            : "there is no such setting; `eva config` lists them");
  }
  const auto value = config::parse_value(*key, std::string_view(set).substr(equals + 1));
  if (!value) return refuse(set, value.error().detail);
  config::Config with;
  config::Config without;
  config::set(with, *key, *value);
  config::set(without, *key, another(*key, *value));
  const json settings = differing(replay::to_json(server::session_settings(without)),
                                  replay::to_json(server::session_settings(with)));
  const json limits = differing(replay::to_json(server::session_limits(without)),
                                replay::to_json(server::session_limits(with)));
  const auto phrases = server::lexicon(with);
  const auto others = server::lexicon(without);
  const bool backchannels = phrases->backchannels != others->backchannels;
  const bool stops = phrases->stops != others->stops;
  if (settings.empty() && limits.empty() && !backchannels && !stops) {
    return refuse(set, "this setting does not matter to a recorded call");
  }
  fields.settings.insert(fields.settings.end(), settings.begin(), settings.end());
  fields.limits.insert(fields.limits.end(), limits.begin(), limits.end());
  if (backchannels) lexicon.backchannels = phrases->backchannels;
  if (stops) lexicon.stops = phrases->stops;
  return {};
}

}  // namespace

Result<replay::Change> parse_changes(const std::vector<std::string>& sets,
                                     const turn::Lexicon& lexicon) {
  Fields fields;
  turn::Lexicon phrases = lexicon;
  for (const std::string& set : sets) {
    if (auto added = add(set, fields, phrases); !added) return std::unexpected(added.error());
  }
  replay::Change change;
  change.lexicon = std::move(phrases);
  change.settings = [fields = fields.settings](session::Settings& settings) {
    json tree = replay::to_json(settings);
    apply(fields, tree);
    if (auto changed = replay::settings_of(tree)) settings = std::move(*changed);
    if (!settings.turn_detection) return;
    turn::TurnSettings& turn = settings.turn_detection->turn;  // as config::load() keeps it
    turn.stt_after = std::min(turn.stt_after, turn.silence);
  };
  change.limits = [fields = fields.limits](session::Limits& limits) {
    json tree = replay::to_json(limits);
    apply(fields, tree);
    if (const auto changed = replay::limits_of(tree)) limits = *changed;
  };
  return change;
}

}  // namespace eva::cli
