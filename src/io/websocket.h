#pragma once
// One WebSocket (RFC 6455), accepted (http_server.h) or opened (websocket_client.h): text frames,
// bounded both ways.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace eva::io {

struct WebSocketHandlers {
  std::move_only_function<void(std::string_view)> on_text;  // one whole message, valid UTF-8
  /// Exactly once, last: the peer closed or vanished, a limit was hit, or close() completed.
  std::move_only_function<void(std::uint16_t code, std::string_view reason)> on_closed;
};

/// Lives on its connection's loop. Reading starts with start(). Binary frames are refused (close
/// 1003), messages over the limit close with 1009, a peer that answers no ping for the idle time is
/// dropped (1006), a peer whose outbox overflows is closed (1013, reason says so). Destroying it
/// closes the socket at once without a handshake; allowed inside its handlers.
class WebSocket {
 public:
  virtual ~WebSocket() = default;
  virtual void start(WebSocketHandlers handlers) = 0;
  /// Queues a text message; dropped silently once closing. Never calls back inside.
  virtual void send(std::string text) = 0;
  /// Sends what is queued, then the close frame; forced after the limits' close_timeout. Later
  /// calls are ignored.
  virtual void close(std::uint16_t code, std::string reason) = 0;
  virtual std::size_t queued_bytes() const = 0;
  /// From now on no message is delivered, not even one that is there, until resume(): the peer
  /// feels it as a slow reader. For short times: pings are not answered meanwhile.
  virtual void pause() = 0;
  virtual void resume() = 0;
};

}  // namespace eva::io
