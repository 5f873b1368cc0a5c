#include "transport/json_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace eva::transport {
namespace {

const char* type_name(const nlohmann::json& value) {
  if (value.is_null()) return "null";
  if (value.is_boolean()) return "a boolean";
  if (value.is_number_integer()) return "an integer";
  if (value.is_number()) return "a decimal";
  if (value.is_string()) return "a string";
  if (value.is_array()) return "an array";
  return "an object";
}

}  // namespace

JsonReader::JsonReader(const nlohmann::json& object, std::string path,
                       std::optional<ClientError>& error)
    : object_(object), path_(std::move(path)), error_(error) {
  if (!error_ && !object_.is_object()) {
    error_ =
        ClientError{"invalid_type",
                    fmt::format("Invalid type for '{}': expected an object, but got {} instead.",
                                path_, type_name(object_)),
                    path_};
  }
}

std::string JsonReader::path(const char* name) const {
  return path_.empty() ? name : path_ + "." + name;
}

const nlohmann::json* JsonReader::take(const char* name) {
  known_.push_back(name);
  if (error_) return nullptr;
  const auto at = object_.find(name);
  return at == object_.end() ? nullptr : &*at;
}

const nlohmann::json* JsonReader::take_value(const char* name) {
  const auto* value = take(name);
  return value && value->is_null() ? nullptr : value;
}

void JsonReader::refuse(const char* name, std::string code, std::string message) {
  if (!error_) error_ = ClientError{std::move(code), std::move(message), path(name)};
}

void JsonReader::wrong_type(const char* name, const char* wanted, const nlohmann::json& got) {
  refuse(name, "invalid_type",
         fmt::format("Invalid type for '{}': expected {}, but got {} instead.", path(name), wanted,
                     type_name(got)));
}

bool JsonReader::text(const char* name, std::string& target, std::size_t max_length) {
  const auto* value = take_value(name);
  if (!value) return false;
  if (!value->is_string()) {
    wrong_type(name, "a string", *value);
    return true;
  }
  const auto& text = value->get_ref<const std::string&>();
  if (text.size() > max_length) {
    refuse(
        name, "string_above_max_length",
        fmt::format("Invalid '{}': string too long. Expected a string with maximum length {}, but "
                    "got a string with length {} instead.",
                    path(name), max_length, text.size()));
    return true;
  }
  target = text;
  return true;
}

bool JsonReader::flag(const char* name, bool& target) {
  const auto* value = take_value(name);
  if (!value) return false;
  if (!value->is_boolean()) {
    wrong_type(name, "a boolean", *value);
  } else {
    target = value->get<bool>();
  }
  return true;
}

bool JsonReader::number(const char* name, double& target, double low, double high) {
  const auto* value = take_value(name);
  if (!value) return false;
  if (!value->is_number()) {
    wrong_type(name, "a number", *value);
    return true;
  }
  const double number = value->get<double>();
  if (!(number >= low && number <= high)) {
    refuse(name, "invalid_value",
           fmt::format("Invalid '{}': expected a number from {} to {}, but got {} instead.",
                       path(name), low, high, number));
    return true;
  }
  target = number;
  return true;
}

bool JsonReader::integer(const char* name, std::int64_t& target, std::int64_t low,
                         std::int64_t high) {
  double number = 0;
  const auto* value = take_value(name);
  if (!value) return false;
  if (!value->is_number() || std::floor(value->get<double>()) != value->get<double>()) {
    wrong_type(name, "an integer", *value);
    return true;
  }
  number = value->get<double>();
  if (number < static_cast<double>(low) || number > static_cast<double>(high)) {
    refuse(name, "invalid_value",
           fmt::format("Invalid '{}': expected an integer from {} to {}, but got {} instead.",
                       path(name), low, high, number));
    return true;
  }
  target = static_cast<std::int64_t>(number);
  return true;
}

bool JsonReader::one_of(const char* name, std::string& target,
                        std::initializer_list<std::string_view> choices) {
  std::string text;
  if (!this->text(name, text, 1 << 20)) return false;
  if (error_) return true;
  if (std::ranges::find(choices, text) == choices.end()) {
    refuse(name, "invalid_value",
           fmt::format("Invalid value: '{}'. Supported values are: '{}'.", text.substr(0, 64),
                       fmt::join(choices, "', '")));
    return true;
  }
  target = text;
  return true;
}

const nlohmann::json* JsonReader::any(const char* name) {
  return take_value(name);
}

const nlohmann::json* JsonReader::object(const char* name, bool nullable) {
  const auto* value = nullable ? take(name) : take_value(name);
  if (!value || value->is_object() || value->is_null()) return value;
  wrong_type(name, "an object", *value);
  return nullptr;
}

void JsonReader::ignore(std::initializer_list<const char*> names) {
  for (const char* name : names) known_.push_back(name);
}

void JsonReader::require(const char* name) {
  if (error_) return;
  const auto at = object_.find(name);
  if (at != object_.end() && !at->is_null()) return;
  refuse(name, "missing_required_parameter",
         fmt::format("Missing required parameter: '{}'.", path(name)));
}

void JsonReader::done() {
  if (error_) return;
  for (const auto& [key, value] : object_.items()) {
    if (std::ranges::find(known_, key) != known_.end()) continue;
    const std::string name = key.substr(0, 64);
    error_ = ClientError{"unknown_parameter",
                         fmt::format("Unknown parameter: '{}'.", path(name.c_str())),
                         path(name.c_str())};
    return;
  }
}

}  // namespace eva::transport
