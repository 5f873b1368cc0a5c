#pragma once
// The table of all settings: the only place that knows what a key is called, what it accepts and
// what it means. Files, variables, flags, `eva config` and eva.example.toml all come from it.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.h"
#include "config/config.h"
#include "config/value.h"

namespace eva::config {

/// Where an enum lives in the Config; the index counts Key::choices.
struct EnumField {
  std::size_t (*get)(const Config&);
  void (*set)(Config&, std::size_t);
};

/// Where a key lives in the Config. The member's type is the key's type; std::optional members
/// accept
/// "" as "not set".
using Field =
    std::variant<bool& (*)(Config&), int& (*)(Config&), std::int64_t& (*)(Config&),
                 double& (*)(Config&), Duration& (*)(Config&), std::string& (*)(Config&),
                 std::vector<std::string>& (*)(Config&), std::optional<std::int64_t>& (*)(Config&),
                 std::optional<double>& (*)(Config&), EnumField>;

struct Key {
  std::string_view section;
  std::string_view name;  // durations end in _ms, sizes in _bytes
  Field field;
  std::string_view doc;  // one line, without the range
  double min = 0;        // numbers and durations (in ms), inclusive
  double max = 0;
  std::span<const std::string_view> choices = {};    // enums
  std::string (*check)(std::string_view) = nullptr;  // strings and list items (checks.h)
  bool path = false;                                 // a leading ~/ means the home folder
};

/// All keys, in the order of the example file; those of a section stand together.
std::span<const Key> keys();
/// One line about a section; "" for an unknown one.
std::string_view section_doc(std::string_view section);

std::string full_name(const Key& key);  // "turn.silence_ms"
std::string env_name(const Key& key);   // "EVA_TURN_SILENCE_MS"
std::string flag_name(const Key& key);  // "--turn.silence_ms"
/// nullptr if there is no such key.
const Key* find_key(std::string_view full_name);

/// What the key accepts, for people: "whole number, 0 to 64", "text|json".
std::string describe_type(const Key& key);

/// The key's value in `config`.
Value get(const Config& config, const Key& key);
/// Stores a value that check_value accepted.
void set(Config& config, const Key& key, const Value& value);

/// The value as the right side of a TOML line.
std::string to_toml(const Key& key, const Value& value);

/// The value as a variable or flag has it: what parse_value() reads.
std::string to_text(const Key& key, const Value& value);

/// Reads a value from a variable or flag; lists are separated by commas. kBadConfig:
/// "turn.silence_ms must be a whole number, 50 to 10000, not \"abc\"".
Result<Value> parse_value(const Key& key, std::string_view text);
/// Checks range, choices and form of a value that has the key's type already.
Result<> check_value(const Key& key, const Value& value);
/// The error for a value of a wrong type; `shown` is the value as the user wrote it.
Error bad_value(const Key& key, std::string_view shown);

}  // namespace eva::config
