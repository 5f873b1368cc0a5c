#include "config/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "config/value.h"

namespace eva::config {
namespace {

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_alnum(char c) {
  return is_lower(c) || is_upper(c) || is_digit(c);
}

bool is_port(std::string_view text, int least) {
  int port = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port >= least && port <= 65535;
}

bool is_host(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    return host.find(':') != host.npos && std::ranges::all_of(host, [](char c) {
             return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' ||
                    c == '.';
           });
  }
  return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, [](char c) {
    return is_alnum(c) || c == '-' || c == '.' || c == '_';
  });
}

struct Authority {
  std::string_view host;
  std::string_view port;  // "" = none
};

/// Splits host[:port]; nullopt when either is malformed.
std::optional<Authority> split_authority(std::string_view text, int least_port) {
  const auto bracket = text.rfind(']');
  const auto colon = text.rfind(':');
  Authority parts{text, ""};
  if (colon != text.npos && (bracket == text.npos || colon > bracket)) {
    parts = {text.substr(0, colon), text.substr(colon + 1)};
    if (!is_port(parts.port, least_port)) return std::nullopt;
  }
  if (!is_host(parts.host)) return std::nullopt;
  return parts;
}

struct WebAddress {
  Authority authority;
  std::string_view up_to_path;  // scheme and authority
  std::string_view path;
};

/// nullopt: not http(s)://host..., or with a user, a query, a fragment, blanks or control
/// characters.
std::optional<WebAddress> split_url(std::string_view text) {
  std::size_t start = 0;
  if (text.starts_with("http://")) start = 7;
  if (text.starts_with("https://")) start = 8;
  if (start == 0) return std::nullopt;
  if (std::ranges::any_of(text, [](char c) {
        return static_cast<unsigned char>(c) <= ' ' || c == '?' || c == '#' || c == '"' || c == '@';
      })) {
    return std::nullopt;
  }
  const auto slash = std::min(text.find('/', start), text.size());
  const auto authority = split_authority(text.substr(start, slash - start), 1);
  if (!authority) return std::nullopt;
  return WebAddress{*authority, text.substr(0, slash), text.substr(slash)};
}

}  // namespace

std::string check_listen(std::string_view text) {
  constexpr std::string_view kWanted =
      "an address and port like \"127.0.0.1:8000\", \"[::1]:8000\" or \"unix:/run/eva.sock\"";
  if (text.starts_with("unix:")) {
    return text.size() > 6 && text[5] == '/' ? "" : std::string(kWanted);
  }
  if (text.starts_with(':') || text.starts_with("*:")) {
    const std::string_view port = text.substr(text.find(':') + 1);
    if (is_port(port, 0)) {
      return fmt::format("an address and port; for all addresses write \"0.0.0.0:{}\"", port);
    }
  }
  const auto parts = split_authority(text, 0);
  return parts && !parts->port.empty() ? "" : std::string(kWanted);
}

std::string check_optional_listen(std::string_view text) {
  return text.empty() ? "" : check_listen(text);
}

std::string check_base_url(std::string_view text) {
  if (text.empty()) return "";
  if (text.find('@') != text.npos) {
    return "a URL without user and password; put the key into key_env or key_file";
  }
  const auto url = split_url(text);
  if (!url) return "a URL like \"https://api.openai.com/v1\" or \"http://127.0.0.1:8080/v1\"";
  if (url->path.ends_with("/v1")) return "";
  const auto version = (std::string(url->path) + '/').find("/v1/");
  const std::string_view path = version == std::string::npos
                                    ? url->path.substr(0, url->path.find_last_not_of('/') + 1)
                                    : url->path.substr(0, version);
  return fmt::format("a base URL that ends in /v1; write {}",
                     quote(fmt::format("{}{}/v1", url->up_to_path, path)));
}

std::string check_mirror(std::string_view text) {
  if (text.empty() || (split_url(text) && !text.ends_with('/'))) return "";
  return "a URL like \"http://127.0.0.1:8080/models\", without a slash at its end";
}

std::string check_origin(std::string_view text) {
  if (text == "*") return "";
  const auto url = split_url(text);
  if (url && url->path.empty()) return "";
  return "origins like \"https://example.com\" or \"http://localhost:3000\", without a path";
}

std::string check_env_name(std::string_view text) {
  const bool right =
      std::ranges::all_of(text, [](char c) { return is_upper(c) || is_digit(c) || c == '_'; });
  if (text.empty() || (right && !is_digit(text.front()))) return "";
  return "the name of an environment variable (A-Z, 0-9, _), not the key itself";
}

std::string check_language(std::string_view text) {
  if (text.empty()) return "";
  const bool right = (text.size() == 2 || text.size() == 3) && std::ranges::all_of(text, is_lower);
  return right ? "" : "a language code like \"en\" or \"de\"";
}

std::string check_pack(std::string_view text) {
  const bool right = !text.empty() && text.front() != '.' && std::ranges::all_of(text, [](char c) {
    return is_alnum(c) || c == '.' || c == '_' || c == '-';
  });
  return right ? "" : "the name of a model pack; `eva models list` shows them";
}

std::string check_turn_model(std::string_view text) {
  if (text.ends_with(".onnx") || check_pack(text).empty()) return "";
  return "a pack of `eva models list`, or the path of an .onnx file";
}

bool is_loopback_listen(std::string_view text) {
  return text.starts_with("unix:") || text.starts_with("127.") || text.starts_with("[::1]:") ||
         text.starts_with("localhost:");
}

std::string url_host(std::string_view url) {
  const auto parts = split_url(url);
  if (!parts) return "";
  std::string_view host = parts->authority.host;
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  return std::string(host);
}

}  // namespace eva::config
