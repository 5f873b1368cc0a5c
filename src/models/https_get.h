#pragma once
// A small blocking HTTP(S) download client: GET with redirects, resume, limits.
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"

namespace eva::models {

struct GetOptions {
  std::uint64_t offset = 0;        // bytes that the caller has already: the rest is asked for
  std::uint64_t size_max = 0;      // of the whole file; more is an error
  Duration connect_timeout = 10s;  // name, connection and TLS, each
  Duration stall_timeout = 30s;    // without a byte
  Duration deadline = 7200s;       // for everything
};

struct GetSink {
  /// The body is about to come and begins at this byte: the offset asked for, or 0 when the server
  /// cannot resume.
  std::function<Result<>(std::uint64_t offset)> begin;
  /// Bytes in order. An error ends the download and is passed on.
  std::function<Result<>(std::string_view bytes)> write;
};

/// Blocks the calling thread. Follows up to 10 redirects, never from https to http; checks the
/// server's certificate against the system's authorities (SSL_CERT_FILE is honoured). Knows no
/// proxies.
/// kBadInput: no http(s) URL. kUnavailable: the host cannot be reached or trusted: ask it no more.
/// kNotFound: it answered, but not with the file. kTimeout, kProtocol: the transfer stalled or
/// broke: try again from where it stopped. kOverloaded: larger than size_max.
Result<> https_get(const std::string& url, const GetOptions& options, const GetSink& sink);

/// Host and port of a URL, "" if it is none.
std::string url_host(std::string_view url);

}  // namespace eva::models
