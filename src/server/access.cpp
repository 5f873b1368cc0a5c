#include "server/access.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "io/caller.h"

namespace eva::server {
namespace {

constexpr std::string_view kKeyProtocol = "openai-insecure-api-key.";

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> subprotocols(const io::HttpRequest& request) {
  std::vector<std::string_view> out;
  for (const auto& [name, value] : request.headers) {
    if (!io::equals_ignoring_case(name, "Sec-WebSocket-Protocol")) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      out.push_back(trim(rest.substr(0, comma)));
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return out;
}

bool origin_allowed(const AccessRules& rules, const io::HttpRequest& request) {
  const auto origin = io::find_header(request.headers, "Origin");
  if (!origin) return true;
  const auto host = io::find_header(request.headers, "Host");
  const std::size_t scheme = origin->find("://");
  if (host && scheme != std::string_view::npos && origin->substr(scheme + 3) == *host) return true;
  return std::ranges::any_of(rules.allowed_origins, [&](const std::string& allowed) {
    return allowed == "*" || allowed == *origin;
  });
}

}  // namespace

std::optional<std::string> presented_key(const io::HttpRequest& request) {
  if (const auto key = io::bearer_key(request.headers)) return std::string(trim(*key));
  for (const auto protocol : subprotocols(request)) {
    if (protocol.starts_with(kKeyProtocol)) {
      return std::string(protocol.substr(kKeyProtocol.size()));
    }
  }
  return std::nullopt;
}

std::optional<io::HttpResponse> refuse(const AccessRules& rules, const io::HttpRequest& request) {
  const auto host = io::find_header(request.headers, "Host");
  if (rules.local_hosts_only && host && !io::is_local_host(*host)) {
    return error_response(403, "host_not_allowed",
                          "Without API keys the server answers only under localhost.");
  }
  if (!origin_allowed(rules, request)) {
    return error_response(403, "origin_not_allowed",
                          "This page's origin may not use the server; add it to "
                          "server.allowed_origins.");
  }
  if (rules.api_keys.empty()) return std::nullopt;
  const auto key = presented_key(request);
  if (!key) {
    return error_response(401, "invalid_api_key",
                          "An API key is needed: send it as 'Authorization: Bearer KEY'.");
  }
  if (io::is_one_of(*key, rules.api_keys)) return std::nullopt;
  return error_response(401, "invalid_api_key", "Incorrect API key provided.");
}

std::string choose_subprotocol(const io::HttpRequest& request) {
  return std::ranges::count(subprotocols(request), "realtime") > 0 ? "realtime" : "";
}

std::string to_text(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

io::HttpResponse error_response(int status, std::string_view code, std::string_view message) {
  io::HttpResponse response{.status = status, .headers = {{"Content-Type", "application/json"}}};
  if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  response.body = to_text({{"error",
                            {{"type", status >= 500 ? "server_error" : "invalid_request_error"},
                             {"code", code},
                             {"message", message},
                             {"param", nullptr}}}});
  return response;
}

}  // namespace eva::server
