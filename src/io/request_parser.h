#pragma once
// Bytes of one connection → one HttpRequest. For src/io only.
#include <boost/beast/http/basic_parser.hpp>
#include <expected>
#include <string>
#include <string_view>

#include "io/http.h"

namespace eva::io {

/// One request that the server does not take, and the status to say so with.
struct Rejection {
  int status;
  std::string reason;
};

/// Made anew for each request. Knows the wire format only: no sockets, no deadlines.
class RequestParser : private boost::beast::http::basic_parser<true> {
 public:
  RequestParser(std::size_t header_bytes_max, std::size_t body_bytes_max);

  /// Takes a prefix of `bytes` and returns its length; the rest must be offered again, with more
  /// behind it. Stops at the end of the request.
  std::expected<std::size_t, Rejection> feed(std::string_view bytes);

  bool has_head() const { return is_header_done(); }
  bool complete() const { return is_done(); }
  /// Valid once has_head().
  bool expects_continue() const;
  bool wants_keep_alive() const { return keep_alive(); }
  bool is_http_1_0() const { return is_http_1_0_; }
  bool is_websocket_upgrade() const;

  /// The request so far; its head is whole once has_head(), its body once complete().
  HttpRequest& request() { return request_; }

 private:
  using string_view = boost::beast::string_view;
  using error_code = boost::beast::error_code;

  void on_request_impl(boost::beast::http::verb method, string_view method_text, string_view target,
                       int version, error_code& error) override;
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(boost::beast::http::field, string_view name, string_view value,
                     error_code&) override;
  void on_header_impl(error_code& error) override;
  void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}
  std::size_t on_body_impl(string_view piece, error_code&) override;
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view piece, error_code&) override;
  void on_finish_impl(error_code&) override {}
  void reject(int status, std::string reason, error_code& error);

  HttpRequest request_;
  bool is_http_1_0_ = false;
  bool in_head_ = true;         // later fields are trailers, which are ignored
  Rejection rejection_{0, {}};  // set by the callbacks above, for feed() to return
  std::size_t header_bytes_max_;
};

}  // namespace eva::io
