#pragma once
// One connection of an HttpClient: TCP, TLS or Unix. For src/io only.
#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "io/event_loop.h"
#include "io/stream_socket.h"
#include "io/url.h"

namespace eva::io {

/// Verifies servers against the system's authorities (OpenSSL's default paths, or SSL_CERT_FILE),
/// TLS 1.2 at least.
std::shared_ptr<boost::asio::ssl::context> make_client_tls();

/// Its pending operations keep it alive: a TLS operation touches the stream once more even after
/// the socket was closed. Every handler runs later, never inside the call that got it.
class ClientStream : public std::enable_shared_from_this<ClientStream> {
 public:
  /// `tls` is null unless the URL is https; it must outlive the stream.
  ClientStream(EventLoop& loop, const Url& url, std::shared_ptr<boost::asio::ssl::context> tls);

  /// Once. kUnreachable, with the reason.
  void connect(std::move_only_function<void(Result<>)> on_connected);

  /// Who gets what arrives, until replaced or close(): the bytes (valid in the call only), or an
  /// error and none. One read is pending from read() until then. May replace itself when called.
  using ReadHandler = std::function<void(boost::system::error_code, std::string_view)>;
  void set_on_read(ReadHandler handler) { on_read_ = std::move(handler); }
  /// Asks for the next piece; nothing happens if one is already asked for.
  void read();

  /// The bytes must stay until `on_written`. One write at a time.
  void write(std::string_view head, std::string_view body,
             std::move_only_function<void(boost::system::error_code)> on_written);

  /// For a protocol that reads and writes by itself, once connected: the TLS stream, or null, and
  /// the socket.
  boost::asio::ssl::stream<StreamSocket&>* tls() { return tls_ ? &*tls_ : nullptr; }
  StreamSocket& socket() { return socket_; }

  /// At once, without a TLS farewell. No handler of connect() or read() runs afterwards.
  void close();

 private:
  void connect_to_next();
  void shake_hands();
  void connected(Result<> result);
  std::unexpected<Error> cannot_connect(std::string_view why) const;

  // Given.
  EventLoop& loop_;
  const Url url_;
  const std::shared_ptr<boost::asio::ssl::context> tls_context_;

  StreamSocket socket_;
  boost::asio::ip::tcp::resolver resolver_;
  std::optional<boost::asio::ssl::stream<StreamSocket&>> tls_;
  std::vector<StreamSocket::endpoint_type> endpoints_;  // still to be tried, last first
  std::move_only_function<void(Result<>)> on_connected_;
  ReadHandler on_read_;
  std::array<char, 16 << 10> chunk_{};
  bool is_reading_ = false;
  bool is_closed_ = false;
};

}  // namespace eva::io
