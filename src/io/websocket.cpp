#include "io/websocket.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/error.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>

#include "io/loop_impl.h"
#include "io/websocket_accept.h"

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

/// Tells when Beast begins to wait for the peer's end of the TCP connection after the close frames:
/// that wait has no limit of its own.
class LingeringSocket : public StreamSocket {
 public:
  explicit LingeringSocket(StreamSocket socket) : StreamSocket(std::move(socket)) {}
  std::function<void()> on_linger;
};

/// Found by Beast through its argument, as a customisation point.
template <typename Handler>
void async_teardown(beast::role_type role, LingeringSocket& socket, Handler&& handler) {
  if (socket.on_linger) socket.on_linger();
  ws::async_teardown(role, static_cast<StreamSocket&>(socket), std::forward<Handler>(handler));
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

/// The socket and its queue. Kept alive by its pending operations and by the handle that the user
/// owns; the handle's destruction closes the socket, which ends the operations.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(EventLoop& loop, StreamSocket socket, const HttpServerLimits& limits,
             ConnectionToken token)
      : loop_(loop),
        outbox_bytes_max_(limits.outbox_bytes),
        close_timeout_(limits.close_timeout),
        token_(std::move(token)),
        stream_(LingeringSocket(std::move(socket))) {
    stream_.text(true);
    stream_.auto_fragment(false);
    stream_.read_message_max(limits.message_bytes);
    // Beast pings after half of idle_timeout and gives up after the whole.
    stream_.set_option(ws::stream_base::timeout{close_timeout_, limits.ping_interval * 2, true});
  }

  void accept(HttpRequest request, std::string subprotocol,
              std::function<void(const HttpRequest&, std::unique_ptr<WebSocket>)> on_open);

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
      self->stream_.next_layer().shutdown(StreamSocket::shutdown_receive, ignored);
    });
  }

  /// The one way out. Only from the loop, never inside a call of the user other than abandon().
  void finish(const Ending& ending) {
    if (state_ == State::kClosed) return;
    state_ = State::kClosed;
    if (force_timer_) loop_.cancel(*force_timer_);
    close_now(stream_.next_layer());
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

  ws::stream<LingeringSocket, false> stream_;  // false: no permessage-deflate
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

}  // namespace

void accept_websocket(EventLoop& loop, StreamSocket socket, HttpRequest request,
                      std::string subprotocol, const HttpServerLimits& limits,
                      ConnectionToken token,
                      std::function<void(const HttpRequest&, std::unique_ptr<WebSocket>)> on_open) {
  std::make_shared<Connection>(loop, std::move(socket), limits, std::move(token))
      ->accept(std::move(request), std::move(subprotocol), std::move(on_open));
}

}  // namespace eva::io
