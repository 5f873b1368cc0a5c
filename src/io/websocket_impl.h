#pragma once
// Makes a WebSocket out of an accepted HTTP connection. Inside src/io only.
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <functional>
#include <memory>
#include <string>

#include "io/event_loop.h"
#include "io/http_server.h"
#include "io/websocket.h"

namespace eva::io {

using UpgradeRequest = boost::beast::http::request<boost::beast::http::string_body>;

/// Answers the upgrade; `accepted` gets the open WebSocket, or is destroyed unused if the handshake
/// fails. `counted` lives as long as the connection.
void accept_websocket(EventLoop& loop, boost::asio::ip::tcp::socket socket, UpgradeRequest request,
                      const std::string& subprotocol, const HttpServerLimits& limits,
                      std::shared_ptr<void> counted,
                      std::function<void(std::unique_ptr<WebSocket>)> accepted);

}  // namespace eva::io
