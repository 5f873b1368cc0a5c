#pragma once
// One socket type for TCP and Unix, so that everything above exists once. For src/io only.
#include <boost/asio/generic/stream_protocol.hpp>
#include <memory>

namespace eva::io {

using StreamSocket = boost::asio::generic::stream_protocol::socket;

/// Closes at once and ignores errors: there is nobody left to tell.
inline void close_now(StreamSocket& socket) {
  boost::system::error_code ignored;
  socket.close(ignored);
}

/// Counts one open connection of a server for as long as somebody holds it.
using ConnectionToken = std::shared_ptr<void>;

}  // namespace eva::io
