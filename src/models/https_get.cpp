#include "models/https_get.h"

#include <fmt/format.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <optional>
#include <vector>

namespace eva::models {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

constexpr int kRedirectsMax = 10;

struct Address {
  bool tls = false;
  std::string host;  // without brackets
  std::string port;
  std::string authority;  // as in the URL: the Host header
  std::string target;
};

std::optional<Address> parse_address(std::string_view url) {
  Address address;
  if (url.starts_with("https://")) {
    address.tls = true;
    url.remove_prefix(8);
  } else if (url.starts_with("http://")) {
    url.remove_prefix(7);
  } else {
    return std::nullopt;
  }
  for (const char c : url) {
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f) return std::nullopt;
  }
  url = url.substr(0, url.find('#'));
  const auto path = std::min(url.find_first_of("/?"), url.size());
  address.authority = url.substr(0, path);
  address.target = url.substr(path);
  if (!address.target.starts_with('/')) address.target.insert(0, "/");

  const std::string& authority = address.authority;
  if (authority.empty() || authority.find('@') != std::string::npos) return std::nullopt;
  const auto colon = authority.rfind(':');
  const auto bracket = authority.rfind(']');
  const bool port = colon != std::string::npos && (bracket == std::string::npos || colon > bracket);
  address.host = authority.substr(0, port ? colon : std::string::npos);
  address.port = port ? authority.substr(colon + 1) : address.tls ? "443" : "80";
  if (address.host.starts_with('[') && address.host.ends_with(']')) {
    address.host = address.host.substr(1, address.host.size() - 2);
  }
  if (address.host.empty() || address.port.empty()) return std::nullopt;
  return address;
}

/// `location` as an absolute URL.
std::string resolve(const Address& from, std::string_view location) {
  const std::string scheme = from.tls ? "https:" : "http:";
  if (location.starts_with("//")) return scheme + std::string(location);
  if (location.starts_with("/")) return fmt::format("{}//{}{}", scheme, from.authority, location);
  if (location.find("://") != location.npos) return std::string(location);
  const std::string folder = from.target.substr(0, from.target.rfind('/') + 1);
  return fmt::format("{}//{}{}{}", scheme, from.authority, folder, location);
}

/// One connection and one request; the answer is either a redirect or the body.
class Transfer {
 public:
  Transfer(const Address& address, const GetOptions& options, const GetSink& sink)
      : address_(address), options_(options), sink_(sink), tls_(asio::ssl::context::tls_client) {}

  /// The redirect's location, or "" when the body was delivered.
  Result<std::string> run() {
    if (auto connected = connect(); !connected) return std::unexpected(connected.error());
    return exchange();
  }

 private:
  beast::tcp_stream& tcp() { return beast::get_lowest_layer(stream_); }

  /// From now on, everything is cancelled after `limit`; replaces an earlier limit.
  void limit_time(Duration limit) {
    deadline_.expires_after(limit);
    deadline_.async_wait([this](error_code error) {
      if (error) return;
      late_ = true;
      tcp().cancel();
      resolver_.cancel();
    });
  }

  /// Starts an operation and runs the loop until it has ended.
  template <typename Start>
  error_code wait(Start start) {
    if (late_) return asio::error::timed_out;
    std::optional<error_code> result;
    start([&result](error_code error, auto&&...) { result = error; });
    while (!result) loop_.run_one();
    return *result;
  }

  std::unexpected<Error> unreachable(const error_code& error) const {
    return fail(ErrorCode::kUnavailable,
                fmt::format("cannot reach {}: {}", address_.authority,
                            late_ ? "its name is not found in time" : error.message()));
  }

  Result<> connect() {
    asio::ip::tcp::resolver::results_type endpoints;
    limit_time(options_.connect_timeout);
    const error_code resolved = wait([&](auto done) {
      resolver_.async_resolve(address_.host, address_.port,
                              [done, &endpoints](error_code error, auto results) mutable {
                                endpoints = std::move(results);
                                done(error);
                              });
    });
    if (resolved) return unreachable(resolved);
    limit_time(options_.deadline);

    tcp().expires_after(options_.connect_timeout);
    const error_code connected = wait([&](auto done) { tcp().async_connect(endpoints, done); });
    if (connected) return unreachable(connected);
    if (!address_.tls) return {};

    error_code error;
    tls_.set_default_verify_paths(error);
    stream_.set_verify_mode(asio::ssl::verify_peer);
    stream_.set_verify_callback(asio::ssl::host_name_verification(address_.host));
    if (!SSL_set_tlsext_host_name(stream_.native_handle(), address_.host.c_str())) {
      return fail(ErrorCode::kInternal, "TLS refuses the host's name");
    }
    tcp().expires_after(options_.connect_timeout);
    const error_code shaken =
        wait([&](auto done) { stream_.async_handshake(asio::ssl::stream_base::client, done); });
    if (shaken) return unreachable(shaken);
    return {};
  }

  template <typename Operation>
  error_code on_stream(Operation operation) {
    tcp().expires_after(options_.stall_timeout);
    return address_.tls ? wait([&](auto done) { operation(stream_, done); })
                        : wait([&](auto done) { operation(stream_.next_layer(), done); });
  }

  std::unexpected<Error> broken(const error_code& error) {
    if (late_) return fail(ErrorCode::kTimeout, "the download took too long");
    if (error == beast::error::timeout) {
      return fail(ErrorCode::kTimeout, fmt::format("{} went silent", address_.authority));
    }
    return fail(ErrorCode::kProtocol,
                fmt::format("the connection to {} broke: {}", address_.authority, error.message()));
  }

  Result<std::string> exchange() {
    http::request<http::empty_body> request{http::verb::get, address_.target, 11};
    request.set(http::field::host, address_.authority);
    request.set(http::field::user_agent, "eva");
    request.set(http::field::accept_encoding, "identity");
    request.set(http::field::connection, "close");
    if (options_.offset > 0) {
      request.set(http::field::range, fmt::format("bytes={}-", options_.offset));
    }
    const error_code sent =
        on_stream([&](auto& stream, auto done) { http::async_write(stream, request, done); });
    if (sent) return broken(sent);

    http::response_parser<http::buffer_body> parser;
    parser.body_limit(boost::none);
    const error_code headed = on_stream(
        [&](auto& stream, auto done) { http::async_read_header(stream, buffer_, parser, done); });
    if (headed) return broken(headed);

    const auto& response = parser.get();
    const unsigned status = response.result_int();
    if (status >= 300 && status < 400 && response.count(http::field::location) > 0) {
      return std::string(response[http::field::location]);
    }
    if (status != 200 && status != 206) {
      return fail(ErrorCode::kNotFound, fmt::format("{} answered {}", address_.authority, status));
    }
    const auto begin = first_byte(status, response[http::field::content_range]);
    if (!begin) return fail(ErrorCode::kNotFound, address_.authority + " answered another range");
    const auto length = parser.content_length();
    if (*begin + (length ? *length : 0) > options_.size_max) return too_large();
    if (auto ready = sink_.begin(*begin); !ready) return std::unexpected(ready.error());
    return read_body(parser, *begin);
  }

  std::optional<std::uint64_t> first_byte(unsigned status, std::string_view content_range) const {
    if (status == 200) return 0;
    const std::string wanted = fmt::format("bytes {}-", options_.offset);
    if (!content_range.starts_with(wanted)) return std::nullopt;
    return options_.offset;
  }

  std::unexpected<Error> too_large() const {
    return fail(ErrorCode::kOverloaded, fmt::format("{} sends more than the expected {} bytes",
                                                    address_.authority, options_.size_max));
  }

  Result<std::string> read_body(http::response_parser<http::buffer_body>& parser,
                                std::uint64_t size) {
    std::vector<char> block(256 * 1024);
    while (!parser.is_done()) {
      auto& body = parser.get().body();
      body.data = block.data();
      body.size = block.size();
      const error_code error = on_stream(
          [&](auto& stream, auto done) { http::async_read_some(stream, buffer_, parser, done); });
      const std::size_t got = block.size() - body.size;  // also of a read that broke
      size += got;
      if (size > options_.size_max) return too_large();
      if (auto written = sink_.write({block.data(), got}); !written) {
        return std::unexpected(written.error());
      }
      if (error && error != http::error::need_buffer) return broken(error);
    }
    return std::string();
  }

  const Address& address_;
  const GetOptions& options_;
  const GetSink& sink_;
  asio::io_context loop_;
  asio::ssl::context tls_;
  asio::ip::tcp::resolver resolver_{loop_};
  asio::steady_timer deadline_{loop_};
  TlsStream stream_{loop_, tls_};
  beast::flat_buffer buffer_;
  bool late_ = false;
};

}  // namespace

Result<> https_get(const std::string& url, const GetOptions& options, const GetSink& sink) {
  std::string next = url;
  bool tls = false;
  try {
    for (int redirects = 0; redirects <= kRedirectsMax; ++redirects) {
      const auto address = parse_address(next);
      if (!address && redirects == 0) return fail(ErrorCode::kBadInput, "no http(s) URL: " + url);
      if (!address || (tls && !address->tls)) {
        return fail(ErrorCode::kNotFound, "redirected to an address that is not https");
      }
      tls = address->tls;
      auto location = Transfer(*address, options, sink).run();
      if (!location) return std::unexpected(location.error());
      if (location->empty()) return {};
      next = resolve(*address, *location);
    }
  } catch (const std::exception& error) {
    return fail(ErrorCode::kInternal, error.what());
  }
  return fail(ErrorCode::kNotFound, "too many redirects");
}

std::string url_host(std::string_view url) {
  const auto address = parse_address(url);
  return address ? address->authority : "";
}

}  // namespace eva::models
