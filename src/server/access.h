#pragma once
// Who may use the server: API keys and web origins.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "io/http.h"

namespace eva::server {

struct AccessRules {
  std::vector<std::string> api_keys;         // empty = nobody needs one (loopback only)
  std::vector<std::string> allowed_origins;  // besides the server's own; "*" = all
  // Serve only requests whose Host is this machine (localhost, 127.x, ::1): a web page whose name
  // was made to resolve to this machine (DNS rebinding) would otherwise count as the server's own.
  bool local_hosts_only = false;
};

/// The key that a request carries: "Authorization: Bearer KEY", or the WebSocket subprotocol
/// "openai-insecure-api-key.KEY" that browsers use.
std::optional<std::string> presented_key(const io::HttpRequest& request);

/// nullopt if the request may go on; else 401 (no key or a wrong one; compared in constant time) or
/// 403 (a web page from another origin). Requests without an Origin header are not from web pages.
std::optional<io::HttpResponse> refuse(const AccessRules& rules, const io::HttpRequest& request);

/// The WebSocket subprotocol to select: "realtime" if offered, never the one with the key.
std::string choose_subprotocol(const io::HttpRequest& request);

/// As JSON text; what is not UTF-8 (a path, a file's name) becomes U+FFFD.
std::string to_text(const nlohmann::json& value);

/// An error in OpenAI's form.
io::HttpResponse error_response(int status, std::string_view code, std::string_view message);

}  // namespace eva::server
