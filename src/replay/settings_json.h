#pragma once
// Settings as a tree of JSON in which single ones can be changed.
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "session/settings.h"

namespace eva::replay {

nlohmann::json to_json(const session::Settings& settings);
nlohmann::json to_json(const session::Limits& limits);
/// What is missing has its default. kBadInput: a field has a wrong type or range.
Result<session::Settings> settings_of(const nlohmann::json& tree);
Result<session::Limits> limits_of(const nlohmann::json& tree);

}  // namespace eva::replay
