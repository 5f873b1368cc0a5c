#pragma once
// HTTP/1.1 server with WebSocket upgrade, on one or several loops.
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "io/event_loop.h"
#include "io/http.h"
#include "io/url.h"
#include "io/websocket.h"

namespace eva::io {

struct HttpServerLimits {
  std::size_t header_bytes = 16 << 10;
  std::size_t body_bytes = 32 << 20;     // 413 above
  std::size_t connections = 1000;        // plain HTTP, WebSockets not counted; 503 above
  std::size_t websockets = 1000;         // open or being opened; further upgrades get 503
  std::size_t message_bytes = 21 << 20;  // one WebSocket message (15 MiB of audio in base64)
  std::size_t outbox_bytes = 1 << 20;    // per WebSocket
  std::size_t stream_bytes = 16 << 20;   // queued by Responder::write(); disconnected above
  Duration header_timeout = 10s;         // slow-loris: the whole request head and body; for the
                                         // first one from the moment of connecting
  Duration idle_timeout = 60s;           // without a next request; or an answer nobody reads
  Duration close_timeout = 2s;           // for the peer's side of a close, then it is forced
  Duration ping_interval = 20s;          // WebSocket: ping after this silence, dropped after two
};

/// How a handler answers. Use respond() once, or start(), write()*, finish(). Lives until the
/// answer is finished or the peer is gone; may be kept and used later on the same loop; dropping it
/// without an answer sends 500 (or cuts the stream).
class Responder {
 public:
  virtual ~Responder() = default;
  virtual void respond(HttpResponse response) = 0;
  /// Chunked answer. write() queues; returns false once the peer is gone (stop working).
  virtual void start(int status, Headers headers) = 0;
  virtual bool write(std::string_view piece) = 0;
  virtual void finish() = 0;
  /// Runs at most once, when the peer closes before the answer is finished: cancel the work.
  virtual void on_disconnect(std::move_only_function<void()> task) = 0;
  virtual std::size_t queued_bytes() const = 0;
};

/// Called on the connection's loop. Without on_request everything is 404; without on_websocket an
/// upgrade is a request like any other.
struct HttpHandlers {
  std::function<void(EventLoop&, HttpRequest, std::unique_ptr<Responder>)> on_request;
  /// Asked before a WebSocket upgrade is accepted: nullopt accepts, a response refuses (401, 403,
  /// 404, 503). `subprotocol` may be set to the one to select.
  std::function<std::optional<HttpResponse>(const HttpRequest&, std::string& subprotocol)>
      may_upgrade;
  std::function<void(EventLoop&, const HttpRequest&, std::unique_ptr<WebSocket>)> on_websocket;
};

class HttpServer {
 public:
  /// Listens and starts accepting on `loops.front()`; connections are spread over `loops` in turn,
  /// each for life. kIo: address in use, not permitted, no such interface (the detail says what to
  /// do). A stale Unix socket file is removed, a live one refused.
  static Result<std::unique_ptr<HttpServer>> listen(std::vector<EventLoop*> loops,
                                                    const ListenAddress& address,
                                                    const HttpServerLimits& limits,
                                                    HttpHandlers handlers);
  virtual ~HttpServer() = default;  // on loops.front(), after the loops have stopped
  /// "127.0.0.1:8000" as bound (with the real port), or "unix:/path".
  virtual std::string address() const = 0;
  /// Stops accepting; what is open goes on.
  virtual void stop_accepting() = 0;
  /// Open connections of both kinds, any loop; thread-safe.
  virtual std::size_t connections() const = 0;
};

}  // namespace eva::io
