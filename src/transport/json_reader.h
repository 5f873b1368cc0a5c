#pragma once
// Reads fields of a client's JSON with the protocol's error messages. Inside src/transport only.
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "transport/realtime_session.h"

namespace eva::transport {

/// Reads one JSON object: every field must be asked for, in any order; done() refuses the others.
/// The first error sticks, and later reads do nothing. `path` is the object's own name, e.g.
/// "session.audio".
class JsonReader {
 public:
  JsonReader(const nlohmann::json& object, std::string path, std::optional<ClientError>& error);

  /// True if the field is present. Null counts as absent: clients send it for what they leave open.
  /// The target changes only if the value is valid.
  bool text(const char* name, std::string& target, std::size_t max_length);
  bool flag(const char* name, bool& target);
  bool number(const char* name, double& target, double low, double high);
  bool integer(const char* name, std::int64_t& target, std::int64_t low, std::int64_t high);
  bool one_of(const char* name, std::string& target,
              std::initializer_list<std::string_view> choices);
  /// The field as it is (nullptr if absent or null), e.g. an object for another reader.
  const nlohmann::json* any(const char* name);
  /// Like any(), but it must be an object. Null is absent, unless it has a meaning (`nullable`).
  const nlohmann::json* object(const char* name, bool nullable = false);
  /// Fields accepted and ignored.
  void ignore(std::initializer_list<const char*> names);
  void require(const char* name);
  /// Refuses fields that were not asked for.
  void done();

  void refuse(const char* name, std::string code, std::string message);
  bool ok() const { return !error_; }
  std::string path(const char* name) const;

 private:
  const nlohmann::json* take(const char* name);
  const nlohmann::json* take_value(const char* name);  // nullptr also where it is null
  void wrong_type(const char* name, const char* wanted, const nlohmann::json& got);

  const nlohmann::json& object_;
  std::string path_;
  std::optional<ClientError>& error_;
  std::vector<std::string_view> known_;
};

}  // namespace eva::transport
