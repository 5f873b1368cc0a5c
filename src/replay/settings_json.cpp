#include "replay/settings_json.h"

#include "replay/json_reader.h"
#include "replay/json_writer.h"

namespace eva::replay {
namespace {

template <typename T>
nlohmann::json tree_of(const T& value) {
  std::string text;
  const WriteRules rules;
  JsonWriter(text, rules).put(value);
  return nlohmann::json::parse(text, nullptr, false);
}

template <typename T>
Result<T> value_of(const nlohmann::json& tree) {
  ReadState state;
  state.may_miss = true;
  T value;
  JsonReader reader(tree, state);
  describe(reader, value);
  if (!state.mistake.empty()) return fail(ErrorCode::kBadInput, state.mistake);
  return value;
}

}  // namespace

nlohmann::json to_json(const session::Settings& settings) {
  return tree_of(settings);
}
nlohmann::json to_json(const session::Limits& limits) {
  return tree_of(limits);
}
Result<session::Settings> settings_of(const nlohmann::json& tree) {
  return value_of<session::Settings>(tree);
}
Result<session::Limits> limits_of(const nlohmann::json& tree) {
  return value_of<session::Limits>(tree);
}

}  // namespace eva::replay
