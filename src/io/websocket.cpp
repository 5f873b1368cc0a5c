#include "io/websocket.h"

#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>
#include <utility>

#include "io/loop_impl.h"
#include "io/websocket_impl.h"

namespace eva::io {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace ws = boost::beast::websocket;
using Code = boost::system::error_code;
namespace {

constexpr Duration kForcedClose = 2s;
constexpr std::uint16_t kAbnormal = 1006;

// The connection itself: held by the handlers of its operations, so it may outlive its WebSocket.
class Core : public std::enable_shared_from_this<Core> {
 public:
  Core(EventLoop& loop, asio::ip::tcp::socket socket, const HttpServerLimits& limits,
       std::shared_ptr<void> counted)
      : loop_(loop),
        stream_(std::move(socket)),
        outbox_max_(limits.outbox_bytes),
        counted_(std::move(counted)) {
    ws::stream_base::timeout timeouts{};
    timeouts.handshake_timeout = limits.header_timeout;
    timeouts.idle_timeout = 2 * limits.ping_interval;
    timeouts.keep_alive_pings = true;  // Beast pings after half the idle time
    stream_.set_option(timeouts);
    stream_.read_message_max(limits.message_bytes);
    stream_.auto_fragment(false);
  }

  ws::stream<asio::ip::tcp::socket>& stream() { return stream_; }

  void start(WebSocketHandlers handlers) {
    handlers_ = std::make_shared<WebSocketHandlers>(std::move(handlers));
    read();
  }

  void send(std::string text) {
    if (closing_ || over_) return;
    if (queued_ + text.size() > outbox_max_) {
      outbox_.erase(outbox_.begin() + (writing_ ? 1 : 0), outbox_.end());
      close(1013, "outbox full: the client does not read");
      return;
    }
    queued_ += text.size();
    outbox_.push_back(std::move(text));
    if (!writing_) write();
  }

  void close(std::uint16_t code, std::string reason) {
    if (closing_ || over_) return;
    closing_ = true;
    reason_ = ws::close_reason(static_cast<ws::close_code>(code), reason.substr(0, 120));
    force_ = loop_.call_at(loop_.now() + kForcedClose, [self = shared_from_this()] {
      self->shut();
      self->ended();
    });
    if (!writing_) say_goodbye();
  }

  std::size_t queued() const { return queued_; }

  void abandon() {
    handlers_.reset();
    shut();
    over_ = true;
    loop_.cancel(force_);
    outbox_.clear();
    counted_.reset();
  }

 private:
  void read() {
    stream_.async_read(
        buffer_, [self = shared_from_this()](Code error, std::size_t) { self->received(error); });
  }

  void received(Code error) {
    if (over_) return;
    if (error) {
      if (!closing_) told_ = code_of(error);
      return ended();
    }
    if (closing_) return drop_and_read();  // only the peer's close frame matters now
    if (!stream_.got_text()) {
      close(1003, "only text frames are understood");
      return drop_and_read();
    }
    const auto handlers = handlers_;  // the handler may destroy the WebSocket
    const auto data = buffer_.data();
    handlers->on_text({static_cast<const char*>(data.data()), data.size()});
    if (!over_) drop_and_read();
  }

  void drop_and_read() {
    buffer_.consume(buffer_.size());
    read();
  }

  void write() {
    writing_ = true;
    stream_.text(true);
    stream_.async_write(asio::buffer(outbox_.front()),
                        [self = shared_from_this()](Code error, std::size_t) {
                          if (self->over_) return;
                          self->writing_ = false;
                          self->queued_ -= self->outbox_.front().size();
                          self->outbox_.pop_front();
                          if (error) return;  // the read sees it too and ends the connection
                          if (!self->outbox_.empty()) return self->write();
                          if (self->closing_) self->say_goodbye();
                        });
  }

  void say_goodbye() {
    writing_ = true;  // nothing may follow the close frame
    stream_.async_close(reason_, [self = shared_from_this()](Code) { self->ended(); });
  }

  std::uint16_t code_of(Code error) const {
    if (error == ws::error::closed) {
      const auto code = static_cast<std::uint16_t>(stream_.reason().code);
      return code == 0 ? 1005 : code;
    }
    if (error == ws::error::message_too_big) return 1009;
    if (error == ws::error::bad_frame_payload) return 1007;
    return kAbnormal;
  }

  void shut() {
    Code ignored;
    stream_.next_layer().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
    stream_.next_layer().close(ignored);
  }

  void ended() {
    if (std::exchange(over_, true)) return;
    loop_.cancel(force_);
    shut();
    counted_.reset();
    const auto handlers = std::exchange(handlers_, nullptr);
    if (!handlers || !handlers->on_closed) return;
    const std::uint16_t code = closing_ ? static_cast<std::uint16_t>(reason_.code) : told_;
    const std::string reason(closing_ ? reason_.reason.c_str() : stream_.reason().reason.c_str());
    handlers->on_closed(code, reason);
  }

  EventLoop& loop_;
  ws::stream<asio::ip::tcp::socket> stream_;
  std::size_t outbox_max_;
  std::shared_ptr<void> counted_;
  std::shared_ptr<WebSocketHandlers> handlers_;
  beast::flat_buffer buffer_;
  std::deque<std::string> outbox_;
  std::size_t queued_ = 0;
  bool writing_ = false;
  bool closing_ = false;
  bool over_ = false;
  ws::close_reason reason_;
  std::uint16_t told_ = kAbnormal;
  TimerId force_ = 0;
};

class WebSocketImpl final : public WebSocket {
 public:
  explicit WebSocketImpl(std::shared_ptr<Core> core) : core_(std::move(core)) {}
  ~WebSocketImpl() override { core_->abandon(); }
  void start(WebSocketHandlers handlers) override { core_->start(std::move(handlers)); }
  void send(std::string text) override { core_->send(std::move(text)); }
  void close(std::uint16_t code, std::string reason) override {
    core_->close(code, std::move(reason));
  }
  std::size_t queued_bytes() const override { return core_->queued(); }

 private:
  std::shared_ptr<Core> core_;
};

}  // namespace

void accept_websocket(EventLoop& loop, asio::ip::tcp::socket socket, UpgradeRequest request,
                      const std::string& subprotocol, const HttpServerLimits& limits,
                      std::shared_ptr<void> counted,
                      std::function<void(std::unique_ptr<WebSocket>)> accepted) {
  const auto core = std::make_shared<Core>(loop, std::move(socket), limits, std::move(counted));
  core->stream().set_option(ws::stream_base::decorator([subprotocol](ws::response_type& response) {
    response.set(beast::http::field::server, "eva");
    if (!subprotocol.empty()) {
      response.set(beast::http::field::sec_websocket_protocol, subprotocol);
    }
  }));
  const auto kept = std::make_shared<UpgradeRequest>(std::move(request));
  core->stream().async_accept(*kept, [core, kept, accepted = std::move(accepted)](Code error) {
    if (!error) accepted(std::make_unique<WebSocketImpl>(core));
  });
}

}  // namespace eva::io
