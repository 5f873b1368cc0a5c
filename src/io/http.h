#pragma once
// HTTP messages as plain values, shared by client and server.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eva::io {

using Headers = std::vector<std::pair<std::string, std::string>>;
/// ASCII only, as HTTP wants it for header names and tokens.
bool equals_ignoring_case(std::string_view a, std::string_view b);
/// First header of that name (case-insensitive), or nullopt.
std::optional<std::string_view> find_header(const Headers& headers, std::string_view name);

struct HttpRequest {
  std::string method;  // "GET"
  std::string target;  // path and query as sent, e.g. "/v1/models?x=1"
  Headers headers;
  std::string body;
  std::string remote;             // server side: "127.0.0.1" or "unix"
  std::string_view path() const;  // target without query
  /// First parameter of that name, percent-decoded, '+' read as a space; "" if it has no value.
  std::optional<std::string> query(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  Headers headers;
  std::string body;
};

}  // namespace eva::io
