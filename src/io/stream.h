#pragma once
// One byte stream over TCP, TLS or a Unix socket, so that HTTP is written once. Inside src/io only.
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

namespace eva::io {

/// TCP and Unix sockets under one type.
using StreamSocket = boost::asio::generic::stream_protocol::socket;

/// No Nagle: small frames must leave at once. A no-op for Unix sockets.
inline void set_no_delay(StreamSocket& socket) {
  boost::system::error_code ignored;
  if (socket.local_endpoint(ignored).protocol().family() != AF_UNIX) {
    socket.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  }
}

inline void close_now(StreamSocket& socket) {
  boost::system::error_code ignored;
  socket.shutdown(StreamSocket::shutdown_both, ignored);
  socket.close(ignored);
}

}  // namespace eva::io
