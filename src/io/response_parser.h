#pragma once
// Bytes of one connection → the pieces of one HTTP response. For src/io only.
#include <boost/beast/http/basic_parser.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "io/http.h"

namespace eva::io {

/// Made anew for each request. Hands out what it finds at once and keeps nothing of the body;
/// interim answers (1xx) are passed over. Knows the wire format only: no sockets, no deadlines.
class ResponseParser {
 public:
  struct Sink {
    /// Both return false to stop the parsing: nobody wants the rest.
    std::function<bool(int status, const Headers&)> on_head;
    std::function<bool(std::string_view)> on_data;
  };

  ResponseParser(bool is_answer_to_head, Sink sink);

  /// Takes a prefix of `bytes` and returns its length; the rest must be offered again, with more
  /// behind it. Stops at the end of the response. kProtocol: not HTTP, or a head over 64 KiB.
  /// kCancelled: a callback returned false.
  Result<std::size_t> feed(std::string_view bytes);
  /// The peer has closed. True if that completes the response: its body has no length of its own.
  bool feed_end();

  bool complete() const { return wire_->is_done() && !is_interim_; }
  bool may_keep_connection() const { return wire_->keep_alive(); }

 private:
  using string_view = boost::beast::string_view;
  using error_code = boost::beast::error_code;

  /// Beast's parser of one message; an interim answer is a message of its own.
  class Wire : public boost::beast::http::basic_parser<false> {
   public:
    explicit Wire(ResponseParser& owner) : owner_(owner) {}

   private:
    void on_request_impl(boost::beast::http::verb, string_view, string_view, int,
                         error_code&) override {}
    void on_response_impl(int status, string_view, int, error_code&) override;
    void on_field_impl(boost::beast::http::field, string_view name, string_view value,
                       error_code&) override;
    void on_header_impl(error_code& error) override;
    void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}
    std::size_t on_body_impl(string_view piece, error_code& error) override;
    void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, string_view piece, error_code& error) override;
    void on_finish_impl(error_code&) override {}

    ResponseParser& owner_;
    bool in_head_ = true;  // later fields are trailers, which are ignored
  };

  void start_message();

  const bool is_answer_to_head_;
  const Sink sink_;
  std::optional<Wire> wire_;
  int status_ = 0;
  Headers headers_;
  bool is_interim_ = false;
  bool is_stopped_ = false;
};

}  // namespace eva::io
