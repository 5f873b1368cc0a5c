#pragma once
// WebSockets to other servers, over TCP, TLS or a Unix socket.
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/time.h"
#include "io/event_loop.h"
#include "io/http.h"
#include "io/url.h"
#include "io/websocket.h"

namespace eva::io {

struct WebSocketClientLimits {
  std::size_t message_bytes = 1 << 20;  // of one message that comes in
  std::size_t outbox_bytes = 1 << 20;   // queued for the peer; closed (1013) above
  Duration connect = 3s;                // name lookup, TCP, TLS and the upgrade together
  Duration close_timeout = 2s;          // for the peer's side of a close, then it is forced
  Duration ping_interval = 20s;         // ping after this silence, dropped after two
};

/// Run later, on the loop: one of the two, once, unless the attempt was given up.
struct WebSocketConnectCallbacks {
  std::move_only_function<void(std::unique_ptr<WebSocket>)> on_open;
  /// kUnreachable: no such host, nobody listens, no TLS. kTimeout: not open in time. kProtocol: not
  /// a WebSocket server. kBadInput: a line break in the request's head. A server that refuses
  /// (answers with another status than 101): kNotFound for 404 and 405, kUnauthorized for 401 and
  /// 403, kUnavailable for 503, kProtocol for any other.
  std::move_only_function<void(Error)> on_failed;
};

/// An attempt to connect. Destroying it gives it up and silences the callbacks; allowed inside
/// them.
class WebSocketAttempt {
 public:
  virtual ~WebSocketAttempt() = default;
};

/// Lives on one loop. Made once per peer and kept: for https it reads the system's certificate
/// authorities, as HttpClient does.
class WebSocketClient {
 public:
  /// `url`: as for an HttpClient (http, https or unix).
  WebSocketClient(EventLoop& loop, Url url);
  ~WebSocketClient();  // open sockets and attempts live on
  WebSocketClient(const WebSocketClient&) = delete;
  WebSocketClient& operator=(const WebSocketClient&) = delete;

  /// `target` is relative to the URL's base path ("/realtime?intent=transcription").
  [[nodiscard]] std::unique_ptr<WebSocketAttempt> connect(const std::string& target,
                                                          const Headers& headers,
                                                          const WebSocketClientLimits& limits,
                                                          WebSocketConnectCallbacks callbacks);
  const Url& url() const { return url_; }

 private:
  struct Tls;
  EventLoop& loop_;
  const Url url_;
  std::shared_ptr<Tls> tls_;  // with the attempts under way; null unless https
};

}  // namespace eva::io
