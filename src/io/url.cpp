#include "io/url.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace eva::io {
namespace {

constexpr std::size_t kSocketPathMax = 107;  // sizeof(sockaddr_un::sun_path) with its final zero

bool is_ipv6(const std::string& text) {
  in6_addr address{};
  return inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_';
}

bool is_plain(std::string_view text) {  // nothing that could break a request line or a log line
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c != 0x7f; });
}

std::optional<std::uint16_t> parse_port(std::string_view digits) {
  std::uint16_t port = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, port);
  if (digits.empty() || error != std::errc() || stop != end) return std::nullopt;
  return port;
}

struct HostPort {
  std::string host;
  std::optional<std::uint16_t> port;
};

/// "host", "host:port", "[v6]", "[v6]:port". The error says what is wrong with this part only.
std::expected<HostPort, std::string> parse_host_port(std::string_view text) {
  HostPort result;
  std::string_view rest;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return std::unexpected("'[' without ']'");
    result.host = text.substr(1, close - 1);
    if (!is_ipv6(result.host)) {
      return std::unexpected(fmt::format("'{}' is no IPv6 address", result.host));
    }
    rest = text.substr(close + 1);
    if (!rest.empty() && !rest.starts_with(':')) {
      return std::unexpected(fmt::format("unexpected '{}' after the address", rest));
    }
  } else {
    const auto colon = text.find(':');
    result.host = text.substr(0, colon);
    if (colon != std::string_view::npos) rest = text.substr(colon);
    if (rest.find(':', 1) != std::string_view::npos) {
      return std::unexpected("an IPv6 address needs brackets, as in [::1]:8000");
    }
    if (!std::ranges::all_of(result.host, is_host_character)) {
      return std::unexpected(fmt::format("'{}' is no host name", result.host));
    }
  }
  if (result.host.empty()) return std::unexpected("the host is missing");
  if (!rest.empty()) {
    result.port = parse_port(rest.substr(1));
    if (!result.port) {
      return std::unexpected(
          fmt::format("'{}' is no port, which is a number up to 65535", rest.substr(1)));
    }
  }
  return result;
}

std::expected<std::string, std::string> parse_socket_path(std::string_view path) {
  if (path.empty()) return std::unexpected("the path of the socket is missing");
  if (path.find('\0') != std::string_view::npos) return std::unexpected("a zero byte in the path");
  if (path.size() > kSocketPathMax) {
    return std::unexpected(
        fmt::format("the path has {} bytes, the most is {}", path.size(), kSocketPathMax));
  }
  return std::string(path);
}

std::string with_brackets(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string Url::authority() const {
  if (scheme == Scheme::kUnix) return "localhost";
  const bool is_default = port == (scheme == Scheme::kHttps ? 443 : 80);
  return is_default ? with_brackets(host) : fmt::format("{}:{}", with_brackets(host), port);
}

std::string Url::where() const {
  return scheme == Scheme::kUnix ? "unix:" + socket_path : authority();
}

Result<Url> parse_url(std::string_view text) {
  const auto bad = [&](std::string_view why) {
    return fail(
        ErrorCode::kBadInput,
        fmt::format("URL '{}': {}; write https://host/v1, http://host:port/v1 or unix:/path", text,
                    why));
  };
  Url url;
  if (text.starts_with("unix:")) {
    auto path = parse_socket_path(text.substr(5));
    if (!path) return bad(path.error());
    url.scheme = Url::Scheme::kUnix;
    url.socket_path = std::move(*path);
    url.base_path = "/v1";
    return url;
  }
  if (!is_plain(text)) return bad("it has a space or a control character");
  if (text.starts_with("https://")) {
    url.scheme = Url::Scheme::kHttps;
    text.remove_prefix(8);
  } else if (text.starts_with("http://")) {
    text.remove_prefix(7);
  } else {
    return bad("it has no known scheme");
  }
  const std::string_view authority = text.substr(0, text.find_first_of("/?#"));
  std::string_view path = text.substr(authority.size());
  if (path.find_first_of("?#") != std::string_view::npos) return bad("a base has no '?' or '#'");
  if (authority.find('@') != std::string_view::npos) {
    return bad("a name or key does not belong before the host");
  }
  auto host_port = parse_host_port(authority);
  if (!host_port) return bad(host_port.error());
  if (host_port->port == 0) return bad("port 0 cannot be connected to");
  url.host = std::move(host_port->host);
  url.port = host_port->port.value_or(url.scheme == Url::Scheme::kHttps ? 443 : 80);
  while (path.ends_with('/')) path.remove_suffix(1);
  url.base_path = path;
  return url;
}

std::string ListenAddress::to_string() const {
  if (!socket_path.empty()) return "unix:" + socket_path;
  return fmt::format("{}:{}", with_brackets(host), port);
}

bool ListenAddress::loopback() const {
  if (!socket_path.empty() || host == "localhost") return true;
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const auto bad = [&](std::string_view why) {
    return fail(
        ErrorCode::kBadInput,
        fmt::format("listen address '{}': {}; write 127.0.0.1:8000, [::1]:8000 or unix:/path", text,
                    why));
  };
  ListenAddress address;
  if (text.starts_with("unix:")) {
    auto path = parse_socket_path(text.substr(5));
    if (!path) return bad(path.error());
    address.socket_path = std::move(*path);
    return address;
  }
  auto host_port = parse_host_port(text);
  if (!host_port) return bad(host_port.error());
  if (!host_port->port) return bad("the port is missing");
  address.host = std::move(host_port->host);
  address.port = *host_port->port;
  return address;
}

std::string percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
        hex_value(text[i + 2]) >= 0) {
      decoded += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

}  // namespace eva::io
