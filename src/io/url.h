#pragma once
// Where an HTTP peer is: http://host:port/base, https://…, or a Unix socket unix:/path.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace eva::io {

struct Url {
  enum class Scheme { kHttp, kHttps, kUnix };
  Scheme scheme = Scheme::kHttp;
  std::string host;               // name or address, without brackets; "" for kUnix
  std::uint16_t port = 0;         // always set for kHttp and kHttps
  std::string socket_path;        // kUnix only
  std::string base_path;          // "/v1", no trailing slash; "" if none. For kUnix always "/v1".
  std::string authority() const;  // for the Host header: "host", "host:8000"; "localhost" for kUnix
  std::string where() const;      // for messages: the authority, or "unix:/path"
};

/// kBadInput with a message that says what a right URL looks like.
Result<Url> parse_url(std::string_view text);

/// Where a server listens: "127.0.0.1:8000", "[::1]:0", "localhost:8000" or "unix:/path".
struct ListenAddress {
  std::string host;        // "" for a Unix socket
  std::uint16_t port = 0;  // 0 = any free port
  std::string socket_path;
  bool loopback() const;  // 127/8, ::1, localhost and Unix sockets
  std::string to_string() const;
};
/// kBadInput with a message that says what a right address looks like.
Result<ListenAddress> parse_listen_address(std::string_view text);

/// "%2F" becomes "/". An escape that is none is kept as it is; the result may hold any byte.
std::string percent_decode(std::string_view text);

}  // namespace eva::io
