#include "io/websocket.h"

#include <fmt/format.h>

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/error.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>

#include "io/client_stream.h"
#include "io/loop_impl.h"
#include "io/websocket_accept.h"
#include "io/websocket_client.h"

namespace eva::io {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace ws = boost::beast::websocket;
namespace {

constexpr std::size_t kReasonMax = 123;            // RFC 6455, 5.5: 125 bytes with the code
constexpr std::size_t kKeptReadBuffer = 64 << 10;  // a longer message gives its memory back
constexpr std::size_t kFrameOverhead = 64;         // a queued message costs more than its text
constexpr std::uint16_t kLost = 1006;

/// At most kReasonMax bytes, not cut inside a UTF-8 character.
std::string shorten(std::string reason) {
  if (reason.size() <= kReasonMax) return reason;
  std::size_t end = kReasonMax;
  while (end > 0 && (static_cast<unsigned char>(reason[end]) & 0xc0) == 0x80) --end;
  reason.resize(end);
  return reason;
}

/// What Beast reads from and writes to: an accepted socket, or the stream of a client, with or
/// without TLS. Tells when Beast begins to wait for the peer's end of the TCP connection after the
/// close frames: that wait has no limit of its own.
class Transport {
 public:
  using executor_type = StreamSocket::executor_type;

  explicit Transport(StreamSocket socket) : own_(std::move(socket)) {}
  explicit Transport(std::shared_ptr<ClientStream> client) : client_(std::move(client)) {}

  executor_type get_executor() { return socket().get_executor(); }
  StreamSocket& socket() { return client_ ? client_->socket() : *own_; }

  template <typename Buffers, typename Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    if (auto* tls = client_ ? client_->tls() : nullptr) {
      tls->async_read_some(buffers, std::forward<Handler>(handler));
    } else {
      socket().async_read_some(buffers, std::forward<Handler>(handler));
    }
  }
  template <typename Buffers, typename Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    if (auto* tls = client_ ? client_->tls() : nullptr) {
      tls->async_write_some(buffers, std::forward<Handler>(handler));
    } else {
      socket().async_write_some(buffers, std::forward<Handler>(handler));
    }
  }

  std::function<void()> on_linger;

 private:
  std::optional<StreamSocket> own_;
  std::shared_ptr<ClientStream> client_;  // with its own pending operations
};

/// Found by Beast through its argument, as customisation points.
template <typename Handler>
void async_teardown(beast::role_type role, Transport& transport, Handler&& handler) {
  if (transport.on_linger) transport.on_linger();
  ws::async_teardown(role, transport.socket(), std::forward<Handler>(handler));
}
void beast_close_socket(Transport& transport) {
  close_now(transport.socket());
}

struct Ending {
  std::uint16_t code;
  std::string reason;
};

/// Why a read failed, for on_closed. Beast has already told the peer where the protocol wants that.
Ending ending_of(const beast::error_code& error, const ws::close_reason& peer_reason) {
  if (error == ws::error::closed) {
    constexpr std::uint16_t kNoStatus = 1005;  // the close frame was empty
    return {peer_reason.code == 0 ? kNoStatus : peer_reason.code,
            std::string(peer_reason.reason.data(), peer_reason.reason.size())};
  }
  if (error == ws::error::message_too_big) return {1009, "the message is too big"};
  if (error == ws::error::bad_frame_payload) return {1007, "the text is not UTF-8"};
  if (error == ws::condition::protocol_violation) return {1002, error.message()};
  if (error == beast::error::timeout) return {kLost, "no answer to pings"};
  return {kLost, "connection lost"};
}

struct Limits {
  std::size_t message_bytes;
  std::size_t outbox_bytes;
  Duration close_timeout;
  Duration ping_interval;
};

/// The socket and its queue. Kept alive by its pending operations and by the handle that the user
/// owns; the handle's destruction closes the socket, which ends the operations.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(EventLoop& loop, Transport transport, const Limits& limits, ConnectionToken token)
      : loop_(loop),
        outbox_bytes_max_(limits.outbox_bytes),
        close_timeout_(limits.close_timeout),
        token_(std::move(token)),
        stream_(std::move(transport)) {
    stream_.text(true);
    stream_.auto_fragment(false);
    stream_.read_message_max(limits.message_bytes);
    // Beast pings after half of idle_timeout and gives up after the whole.
    stream_.set_option(ws::stream_base::timeout{close_timeout_, limits.ping_interval * 2, true});
  }

  void accept(HttpRequest request, std::string subprotocol,
              std::function<void(const HttpRequest&, std::unique_ptr<WebSocket>)> on_open);

  void open(const std::string& host, const std::string& target, const Headers& headers,
            std::function<void(int status, const beast::error_code&)> on_answer);

  void start(WebSocketHandlers handlers) {
    handlers_ = std::move(handlers);
    stream_.next_layer().on_linger = [this] { limit_linger(); };
    read();
  }

  void send(std::string text) {
    if (state_ != State::kOpen) return;
    if (queued_bytes_ + text.size() + (out_.size() + 1) * kFrameOverhead > outbox_bytes_max_) {
      out_.clear();  // nobody would read it, and the close frame must not wait behind it
      queued_bytes_ = writing_.size();
      return close(1013, "outbox full: the client does not read fast enough");
    }
    queued_bytes_ += text.size();
    out_.push_back(std::move(text));
    write_next();
  }

  void close(std::uint16_t code, std::string reason) {
    if (state_ != State::kOpen) return;
    state_ = State::kDraining;
    ending_ = {code, shorten(std::move(reason))};
    force_timer_ = loop_.call_at(loop_.now() + close_timeout_, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->finish(self->ending_);
    });
    write_next();
  }

  void pause() { is_paused_ = true; }
  void resume() {
    is_paused_ = false;
    if (!std::exchange(must_read_, false)) return;
    if (state_ == State::kOpen || state_ == State::kDraining) read();
  }

  /// Closes the socket and forgets the user.
  void abandon() {
    handlers_ = {};
    finish({kLost, {}});
  }

  std::size_t queued_bytes() const { return queued_bytes_; }

 private:
  enum class State { kOpen, kDraining, kClosing, kClosed };

  void read() {
    stream_.async_read(in_, [self = shared_from_this()](beast::error_code error, std::size_t) {
      self->on_read(error);
    });
  }

  void on_read(beast::error_code error) {
    if (state_ == State::kClosed) return;
    // Once we close, the close operation reads on until the peer's close frame.
    if (state_ == State::kClosing) return;
    if (error) return finish(ending_of(error, stream_.reason()));
    if (state_ == State::kOpen && !stream_.got_text()) close(1003, "only text frames are accepted");
    if (state_ == State::kOpen) deliver();
    read_on();
  }

  void read_on() {
    in_.consume(in_.size());
    if (in_.capacity() > kKeptReadBuffer) in_ = beast::flat_buffer();
    if (state_ != State::kOpen && state_ != State::kDraining) return;
    if (is_paused_) {
      must_read_ = true;
    } else {
      read();
    }
  }

  void deliver() {
    const auto bytes = in_.cdata();
    // Moved out while it runs: the handler may destroy the socket's handle, and with it itself.
    auto on_text = std::move(handlers_.on_text);
    try {
      if (on_text) on_text({static_cast<const char*>(bytes.data()), bytes.size()});
    } catch (...) {
      loop_.post([self = shared_from_this()] {
        self->close(1011, "internal error");
        self->read_on();
      });
      throw;  // the loop logs it
    }
    if (state_ != State::kClosed) handlers_.on_text = std::move(on_text);
  }

  void write_next() {
    if (is_writing_ || state_ == State::kClosing || state_ == State::kClosed) return;
    if (out_.empty()) {
      if (state_ == State::kDraining) send_close();
      return;
    }
    is_writing_ = true;
    writing_ = std::move(out_.front());
    out_.pop_front();
    stream_.async_write(asio::buffer(writing_),
                        [self = shared_from_this()](beast::error_code error, std::size_t) {
                          self->on_written(error);
                        });
  }

  void on_written(beast::error_code error) {
    is_writing_ = false;
    if (state_ == State::kClosed) return;
    queued_bytes_ -= writing_.size();
    writing_.clear();
    // The pending read fails as well and knows better why; without one (not started) nobody waits.
    if (error) return;
    write_next();
  }

  void send_close() {
    state_ = State::kClosing;
    const ws::close_reason reason(static_cast<ws::close_code>(ending_.code), ending_.reason);
    stream_.async_close(
        reason, [self = shared_from_this()](beast::error_code) { self->finish(self->ending_); });
  }

  /// After this time the peer's end is taken for come, so that the pending read ends as if it had.
  void limit_linger() {
    if (state_ != State::kOpen) return;  // close() has its own limit
    force_timer_ = loop_.call_at(loop_.now() + close_timeout_, [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self) return;
      beast::error_code ignored;
      self->stream_.next_layer().socket().shutdown(StreamSocket::shutdown_receive, ignored);
    });
  }

  /// The one way out. Only from the loop, never inside a call of the user other than abandon().
  void finish(const Ending& ending) {
    if (state_ == State::kClosed) return;
    state_ = State::kClosed;
    if (force_timer_) loop_.cancel(*force_timer_);
    close_now(stream_.next_layer().socket());
    token_.reset();
    out_.clear();
    queued_bytes_ = 0;
    WebSocketHandlers handlers = std::exchange(handlers_, {});
    if (handlers.on_closed) handlers.on_closed(ending.code, ending.reason);
  }

  // Given.
  EventLoop& loop_;
  const std::size_t outbox_bytes_max_;
  const Duration close_timeout_;
  ConnectionToken token_;

  ws::stream<Transport, false> stream_;  // false: no permessage-deflate
  WebSocketHandlers handlers_;
  State state_ = State::kOpen;
  Ending ending_{kLost, {}};  // as asked for by close()
  std::optional<TimerId> force_timer_;
  beast::flat_buffer in_;
  std::deque<std::string> out_;
  std::string writing_;
  std::size_t queued_bytes_ = 0;  // out_ and writing_
  bool is_writing_ = false;
  bool is_paused_ = false;
  bool must_read_ = false;  // once it is resumed
};

class Handle final : public WebSocket {
 public:
  explicit Handle(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
  ~Handle() override { connection_->abandon(); }
  void start(WebSocketHandlers handlers) override { connection_->start(std::move(handlers)); }
  void send(std::string text) override { connection_->send(std::move(text)); }
  void close(std::uint16_t code, std::string reason) override {
    connection_->close(code, std::move(reason));
  }
  std::size_t queued_bytes() const override { return connection_->queued_bytes(); }
  void pause() override { connection_->pause(); }
  void resume() override { connection_->resume(); }

 private:
  const std::shared_ptr<Connection> connection_;
};

void Connection::accept(
    HttpRequest request, std::string subprotocol,
    std::function<void(const HttpRequest&, std::unique_ptr<WebSocket>)> on_open) {
  beast::http::request<beast::http::empty_body> message;
  message.method(beast::http::verb::get);
  message.target(request.target);
  message.version(11);
  for (const auto& [name, value] : request.headers) message.insert(name, value);
  stream_.set_option(ws::stream_base::decorator(
      [subprotocol = std::move(subprotocol)](ws::response_type& response) {
        response.set(beast::http::field::server, "eva");
        if (subprotocol.empty()) return;
        response.set(beast::http::field::sec_websocket_protocol, subprotocol);
      }));
  stream_.async_accept(message, [self = shared_from_this(), request = std::move(request),
                                 on_open = std::move(on_open)](beast::error_code error) {
    if (!error) on_open(request, std::make_unique<Handle>(self));
  });
}

void Connection::open(const std::string& host, const std::string& target, const Headers& headers,
                      std::function<void(int status, const beast::error_code&)> on_answer) {
  stream_.set_option(ws::stream_base::decorator([headers](ws::request_type& request) {
    request.set(beast::http::field::user_agent, "eva/" EVA_VERSION);
    for (const auto& [name, value] : headers) request.insert(name, value);
  }));
  const auto answer = std::make_shared<ws::response_type>();
  stream_.async_handshake(
      *answer, host, target,
      [self = shared_from_this(), answer, on_answer = std::move(on_answer)](
          beast::error_code error) { on_answer(static_cast<int>(answer->result_int()), error); });
}

ErrorCode code_of_refusal(int status) {
  switch (status) {
    case 404:
    case 405:
      return ErrorCode::kNotFound;
    case 401:
    case 403:
      return ErrorCode::kUnauthorized;
    case 503:
      return ErrorCode::kUnavailable;
    default:
      return ErrorCode::kProtocol;
  }
}

bool has_line_break(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

/// From the name lookup to the upgrade. Kept alive by its operations and by the handle.
class Opening : public std::enable_shared_from_this<Opening> {
 public:
  Opening(EventLoop& loop, const Url& url, std::shared_ptr<asio::ssl::context> tls,
          const WebSocketClientLimits& limits, WebSocketConnectCallbacks callbacks)
      : loop_(loop),
        url_(url),
        limits_(limits),
        callbacks_(std::move(callbacks)),
        client_(std::make_shared<ClientStream>(loop, url, std::move(tls))) {}

  void start(const std::string& target, const Headers& headers) {
    bool bad = has_line_break(target) || target.find(' ') != std::string::npos;
    for (const auto& [name, value] : headers) {
      bad = bad || name.empty() || has_line_break(name) || has_line_break(value);
    }
    if (bad) {
      return loop_.post([self = shared_from_this()] {
        self->fail_with(ErrorCode::kBadInput, "the request's head has a line break");
      });
    }
    timer_ = loop_.call_at(loop_.now() + limits_.connect, [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self) return;
      self->fail_with(ErrorCode::kTimeout,
                      fmt::format("{}: no WebSocket within {} ms", self->url_.where(),
                                  to_ms(self->limits_.connect)));
    });
    client_->connect([self = shared_from_this(), target, headers](Result<> connected) {
      if (self->is_over_) return;
      if (!connected) return self->finish(connected.error());
      self->upgrade(target, headers);
    });
  }

  void give_up() {
    callbacks_ = {};
    end();
  }

 private:
  void upgrade(const std::string& target, const Headers& headers) {
    connection_ = std::make_shared<Connection>(loop_, Transport(client_),
                                               Limits{.message_bytes = limits_.message_bytes,
                                                      .outbox_bytes = limits_.outbox_bytes,
                                                      .close_timeout = limits_.close_timeout,
                                                      .ping_interval = limits_.ping_interval},
                                               nullptr);
    connection_->open(url_.authority(), url_.base_path + target, headers,
                      [self = shared_from_this()](int status, const beast::error_code& error) {
                        self->on_answer(status, error);
                      });
  }

  void on_answer(int status, const beast::error_code& error) {
    if (is_over_) return;
    if (error == ws::error::upgrade_declined) {
      return fail_with(code_of_refusal(status),
                       fmt::format("{} refused the WebSocket: HTTP {}", url_.where(), status));
    }
    if (error) {
      return fail_with(ErrorCode::kProtocol,
                       fmt::format("{} opened no WebSocket: {}", url_.where(), error.message()));
    }
    is_over_ = true;
    loop_.cancel(timer_);
    auto callbacks = std::exchange(callbacks_, {});
    callbacks.on_open(std::make_unique<Handle>(std::exchange(connection_, nullptr)));
  }

  void fail_with(ErrorCode code, std::string detail) { finish({code, std::move(detail)}); }
  void finish(Error error) {
    if (is_over_) return;
    auto callbacks = std::exchange(callbacks_, {});
    end();
    callbacks.on_failed(std::move(error));
  }
  void end() {
    if (std::exchange(is_over_, true)) return;
    loop_.cancel(timer_);
    connection_.reset();
    client_->close();
  }

  EventLoop& loop_;
  const Url url_;
  const WebSocketClientLimits limits_;
  WebSocketConnectCallbacks callbacks_;
  const std::shared_ptr<ClientStream> client_;
  std::shared_ptr<Connection> connection_;
  TimerId timer_ = 0;
  bool is_over_ = false;
};

class OpeningHandle final : public WebSocketAttempt {
 public:
  explicit OpeningHandle(std::shared_ptr<Opening> opening) : opening_(std::move(opening)) {}
  ~OpeningHandle() override { opening_->give_up(); }

 private:
  const std::shared_ptr<Opening> opening_;
};

}  // namespace

struct WebSocketClient::Tls {
  std::shared_ptr<asio::ssl::context> context = make_client_tls();
};

WebSocketClient::WebSocketClient(EventLoop& loop, Url url)
    : loop_(loop),
      url_(std::move(url)),
      tls_(url_.scheme == Url::Scheme::kHttps ? std::make_shared<Tls>() : nullptr) {}

WebSocketClient::~WebSocketClient() = default;

std::unique_ptr<WebSocketAttempt> WebSocketClient::connect(const std::string& target,
                                                           const Headers& headers,
                                                           const WebSocketClientLimits& limits,
                                                           WebSocketConnectCallbacks callbacks) {
  const auto opening = std::make_shared<Opening>(loop_, url_, tls_ ? tls_->context : nullptr,
                                                 limits, std::move(callbacks));
  opening->start(target, headers);
  return std::make_unique<OpeningHandle>(opening);
}

void accept_websocket(EventLoop& loop, StreamSocket socket, HttpRequest request,
                      std::string subprotocol, const HttpServerLimits& limits,
                      ConnectionToken token,
                      std::function<void(const HttpRequest&, std::unique_ptr<WebSocket>)> on_open) {
  const Limits of_connection{.message_bytes = limits.message_bytes,
                             .outbox_bytes = limits.outbox_bytes,
                             .close_timeout = limits.close_timeout,
                             .ping_interval = limits.ping_interval};
  std::make_shared<Connection>(loop, Transport(std::move(socket)), of_connection, std::move(token))
      ->accept(std::move(request), std::move(subprotocol), std::move(on_open));
}

}  // namespace eva::io
