#pragma once
// From an HTTP upgrade request to a WebSocket. For src/io only.
#include <functional>
#include <memory>
#include <string>

#include "io/http_server.h"
#include "io/stream_socket.h"

namespace eva::io {

/// Answers 101 and calls `on_open` with the socket's new owner, later; never if the peer is gone by
/// then. Only what HTTP forgets is checked here: a bad key or version is refused by the answer.
void accept_websocket(EventLoop& loop, StreamSocket socket, HttpRequest request,
                      std::string subprotocol, const HttpServerLimits& limits,
                      ConnectionToken token,
                      std::function<void(const HttpRequest&, std::unique_ptr<WebSocket>)> on_open);

}  // namespace eva::io
