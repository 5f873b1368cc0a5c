#include "io/http_server.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <deque>
#include <utility>

#include "io/loop_impl.h"
#include "io/stream.h"
#include "io/websocket_impl.h"

namespace eva::io {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Code = boost::system::error_code;
namespace {

constexpr std::size_t kResponseQueueMax = 32 << 20;  // bytes of answers a client has not read
constexpr Duration kAcceptPause = 100ms;             // after EMFILE and the like

std::string reason_phrase(int status) {
  return std::string(http::obsolete_reason(static_cast<http::status>(status)));
}

// What all connections of a server share; immutable but for the count.
struct Shared {
  HttpServerLimits limits;
  HttpHandlers handlers;
  std::atomic<std::size_t> open{0};
};

// Counts a connection while it lives, whoever holds it.
std::shared_ptr<void> counted(const std::shared_ptr<Shared>& shared) {
  ++shared->open;
  return {nullptr, [shared](void*) { --shared->open; }};
}

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(EventLoop& loop, StreamSocket socket, std::string remote,
             std::shared_ptr<Shared> shared, std::shared_ptr<void> count)
      : loop_(loop),
        socket_(std::move(socket)),
        remote_(std::move(remote)),
        shared_(std::move(shared)),
        count_(std::move(count)) {}

  void start() {
    set_no_delay(socket_);
    wait_for_request();
  }

  void refuse(int status, std::string_view message) {
    keep_alive_ = false;
    respond({.status = status,
             .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
             .body = std::string(message) + "\n"});
  }

  // ---- called by the responder
  void respond(HttpResponse response) {
    if (answer_ != Answer::kNone) return;
    answer_ = Answer::kFinished;
    response.headers.emplace_back("Content-Length", std::to_string(response.body.size()));
    std::string text = head(response.status, response.headers);
    if (!head_only_) text += response.body;
    enqueue(std::move(text));
  }
  void begin(int status, Headers headers) {
    if (answer_ != Answer::kNone) return;
    answer_ = Answer::kStreaming;
    headers.emplace_back("Transfer-Encoding", "chunked");
    enqueue(head(status, headers));
  }
  bool write(std::string_view piece) {
    if (gone_ || answer_ != Answer::kStreaming) return false;
    if (!piece.empty()) enqueue(fmt::format("{:x}\r\n{}\r\n", piece.size(), piece));
    return !gone_;
  }
  void finish() {
    if (answer_ != Answer::kStreaming) return;
    answer_ = Answer::kFinished;
    enqueue("0\r\n\r\n");
  }
  void on_disconnect(std::move_only_function<void()> task) {
    if (gone_ && answer_ != Answer::kFinished) {
      loop_.post(std::move(task));
    } else {
      disconnected_ = std::move(task);
    }
  }
  void dropped() {  // the responder died
    disconnected_ = nullptr;
    if (answer_ == Answer::kNone) {
      respond({.status = 500, .headers = {}, .body = "the request was not answered\n"});
    } else if (answer_ == Answer::kStreaming) {
      shut();  // a cut body tells the client that the answer is not whole
    }
  }
  std::size_t queued() const { return queued_; }

 private:
  enum class Answer { kNone, kStreaming, kFinished };

  void limit(Duration time) {
    loop_.cancel(timer_);
    timer_ = loop_.call_at(loop_.now() + time, [self = shared_from_this()] { self->timed_out(); });
  }

  void timed_out() {
    if (reading_head_ && answer_ == Answer::kNone) {
      refuse(408, "the request did not arrive in time");
    } else {
      shut();
    }
  }

  // Between requests a connection may be idle; once a byte is there the request must come quickly.
  void wait_for_request() {
    answer_ = Answer::kNone;
    reading_head_ = false;
    if (buffer_.size() > 0) return read_head();
    limit(shared_->limits.idle_timeout);
    socket_.async_wait(StreamSocket::wait_read, [self = shared_from_this()](Code error) {
      if (error || self->gone_) return self->shut();
      self->read_head();
    });
  }

  void read_head() {
    reading_head_ = true;
    limit(shared_->limits.header_timeout);
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(shared_->limits.header_bytes));
    parser_->body_limit(shared_->limits.body_bytes);
    http::async_read_header(socket_, buffer_, *parser_,
                            [self = shared_from_this()](Code error, std::size_t) {
                              if (self->gone_) return;
                              if (error) return self->bad_request(error);
                              self->read_body();
                            });
  }

  void read_body() {
    const auto expect = parser_->get()[http::field::expect];
    if (beast::iequals(expect, "100-continue")) {
      asio::async_write(socket_, asio::buffer(std::string_view("HTTP/1.1 100 Continue\r\n\r\n")),
                        [self = shared_from_this()](Code error, std::size_t) {
                          if (error) return self->shut();
                          self->read_rest();
                        });
    } else {
      read_rest();
    }
  }

  void read_rest() {
    http::async_read(socket_, buffer_, *parser_,
                     [self = shared_from_this()](Code error, std::size_t) {
                       if (self->gone_ || self->answer_ != Answer::kNone) return;
                       if (error) return self->bad_request(error);
                       self->handle();
                     });
  }

  void bad_request(Code error) {
    if (gone_ || answer_ != Answer::kNone) return;
    if (error == http::error::header_limit) return refuse(431, "the request's head is too large");
    if (error == http::error::body_limit) return refuse(413, "the request's body is too large");
    if (error.category() == http::make_error_code(http::error::bad_method).category() &&
        error != http::error::end_of_stream && error != http::error::partial_message) {
      return refuse(400, "not an HTTP request: " + error.message());
    }
    shut();
  }

  void handle() {
    loop_.cancel(timer_);
    reading_head_ = false;
    auto message = parser_->release();
    keep_alive_ = message.keep_alive();
    head_only_ = message.method() == http::verb::head;
    HttpRequest request;
    request.method = std::string(message.method_string());
    request.target = std::string(message.target());
    request.remote = remote_;
    for (const auto& field : message) {
      request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    }
    if (beast::websocket::is_upgrade(message)) return upgrade(std::move(message), request);
    request.body = std::move(message.body());
    watch();
    shared_->handlers.on_request(loop_, std::move(request), make_responder());
  }

  std::unique_ptr<Responder> make_responder();

  void upgrade(UpgradeRequest message, HttpRequest& request) {
    std::string subprotocol;
    if (!shared_->handlers.may_upgrade || !shared_->handlers.on_websocket) {
      return refuse(404, "no WebSocket here");
    }
    if (auto refusal = shared_->handlers.may_upgrade(request, subprotocol)) {
      keep_alive_ = false;
      return respond(std::move(*refusal));
    }
    // Beast tears down TCP sockets only; the descriptor of a Unix socket passes for one.
    asio::ip::tcp::socket socket(loop_.impl().context);
    Code error;
    socket.assign(asio::ip::tcp::v4(), socket_.release(error), error);
    gone_ = true;
    if (error) return;
    accept_websocket(loop_, std::move(socket), std::move(message), subprotocol, shared_->limits,
                     std::exchange(count_, nullptr),
                     [self = shared_from_this(), request](std::unique_ptr<WebSocket> websocket) {
                       self->shared_->handlers.on_websocket(self->loop_, request,
                                                            std::move(websocket));
                     });
  }

  // Sees the peer go while the handler works. Bytes of a next request end the watching.
  void watch() {
    socket_.async_wait(StreamSocket::wait_read, [self = shared_from_this()](Code error) {
      if (error || self->gone_ || self->answer_ == Answer::kFinished) return;
      char byte = 0;
      Code peek;
      self->socket_.non_blocking(true, peek);
      const std::size_t n =
          self->socket_.receive(asio::buffer(&byte, 1), StreamSocket::message_peek, peek);
      if (peek == asio::error::would_block) return self->watch();
      if (peek || n == 0) self->shut();
    });
  }

  std::string head(int status, const Headers& headers) const {
    std::string text =
        fmt::format("HTTP/1.1 {} {}\r\nServer: eva\r\n", status, reason_phrase(status));
    for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
    text += keep_alive_ ? "\r\n" : "Connection: close\r\n\r\n";
    return text;
  }

  void enqueue(std::string text) {
    if (gone_) return;
    queued_ += text.size();
    if (queued_ > kResponseQueueMax) return shut();
    outbox_.push_back(std::move(text));
    if (outbox_.size() == 1) flush();
  }

  void flush() {
    limit(shared_->limits.idle_timeout);
    asio::async_write(socket_, asio::buffer(outbox_.front()),
                      [self = shared_from_this()](Code error, std::size_t) {
                        if (self->gone_) return;
                        if (error) return self->shut();
                        self->loop_.cancel(self->timer_);
                        self->queued_ -= self->outbox_.front().size();
                        self->outbox_.pop_front();
                        if (!self->outbox_.empty()) return self->flush();
                        if (self->answer_ == Answer::kFinished) self->answered();
                      });
  }

  void answered() {
    disconnected_ = nullptr;
    if (!keep_alive_) return linger();
    Code ignored;
    socket_.cancel(ignored);  // the watch
    loop_.post([self = shared_from_this()] {
      if (!self->gone_) self->wait_for_request();
    });
  }

  // Closing while the peer still sends would reset the connection and lose the answer: say that
  // nothing follows, read on for a moment, then close.
  void linger() {
    Code ignored;
    socket_.shutdown(StreamSocket::shutdown_send, ignored);
    limit(1s);
    drain();
  }
  void drain() {
    socket_.async_read_some(asio::buffer(waste_),
                            [self = shared_from_this()](Code error, std::size_t) {
                              if (error || self->gone_) return self->shut();
                              self->drain();
                            });
  }

  void shut() {
    if (std::exchange(gone_, true)) return;
    loop_.cancel(timer_);
    close_now(socket_);
    outbox_.clear();
    count_.reset();
    if (auto task = std::exchange(disconnected_, nullptr)) loop_.post(std::move(task));
  }

  EventLoop& loop_;
  StreamSocket socket_;
  std::string remote_;
  std::shared_ptr<Shared> shared_;
  std::shared_ptr<void> count_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::deque<std::string> outbox_;
  std::size_t queued_ = 0;
  std::array<char, 4096> waste_;
  std::move_only_function<void()> disconnected_;
  Answer answer_ = Answer::kNone;
  bool keep_alive_ = true;
  bool head_only_ = false;
  bool reading_head_ = false;
  bool gone_ = false;
  TimerId timer_ = 0;
};

class ResponderImpl final : public Responder {
 public:
  explicit ResponderImpl(std::shared_ptr<Connection> connection)
      : connection_(std::move(connection)) {}
  ~ResponderImpl() override { connection_->dropped(); }
  void respond(HttpResponse response) override { connection_->respond(std::move(response)); }
  void start(int status, Headers headers) override {
    connection_->begin(status, std::move(headers));
  }
  bool write(std::string_view piece) override { return connection_->write(piece); }
  void finish() override { connection_->finish(); }
  void on_disconnect(std::move_only_function<void()> task) override {
    connection_->on_disconnect(std::move(task));
  }
  std::size_t queued_bytes() const override { return connection_->queued(); }

 private:
  std::shared_ptr<Connection> connection_;
};

std::unique_ptr<Responder> Connection::make_responder() {
  return std::make_unique<ResponderImpl>(shared_from_this());
}

template <typename Protocol>
std::string remote_name(const typename Protocol::socket& socket) {
  if constexpr (std::is_same_v<Protocol, asio::ip::tcp>) {
    Code error;
    const auto endpoint = socket.remote_endpoint(error);
    return error ? "" : endpoint.address().to_string();
  } else {
    return "unix";
  }
}

template <typename Protocol>
class ServerImpl final : public HttpServer {
 public:
  ServerImpl(std::vector<EventLoop*> loops, std::shared_ptr<Shared> shared, std::string address,
             typename Protocol::acceptor acceptor, std::string socket_file)
      : loops_(std::move(loops)),
        shared_(std::move(shared)),
        address_(std::move(address)),
        acceptor_(std::move(acceptor)),
        socket_file_(std::move(socket_file)) {}
  ~ServerImpl() override { ServerImpl::stop_accepting(); }
  std::string address() const override { return address_; }
  void stop_accepting() override {
    *stopped_ = true;
    Code ignored;
    acceptor_.close(ignored);
    if (!socket_file_.empty()) unlink(socket_file_.c_str());
    socket_file_.clear();
  }
  std::size_t connections() const override { return shared_->open; }

  void accept() {
    EventLoop& target = *loops_[next_++ % loops_.size()];
    acceptor_.async_accept(
        target.impl().context,
        [this, stopped = stopped_, &target](Code error, typename Protocol::socket socket) {
          if (*stopped) return;
          if (error) {
            spdlog::warn("accepting failed: {}", error.message());
            loops_.front()->call_at(loops_.front()->now() + kAcceptPause, [this, stopped] {
              if (!*stopped) accept();
            });
            return;
          }
          const std::string remote = remote_name<Protocol>(socket);
          auto count = counted(shared_);
          const bool full = shared_->open > shared_->limits.connections;
          auto connection = std::make_shared<Connection>(target, StreamSocket(std::move(socket)),
                                                         remote, shared_, std::move(count));
          target.post([connection = std::move(connection), full] {
            if (full) {
              connection->refuse(503, "too many connections; try again later");
            } else {
              connection->start();
            }
          });
          accept();
        });
  }

 private:
  std::vector<EventLoop*> loops_;
  std::shared_ptr<Shared> shared_;
  std::string address_;
  typename Protocol::acceptor acceptor_;
  std::string socket_file_;
  std::size_t next_ = 0;
  std::shared_ptr<bool> stopped_ = std::make_shared<bool>(false);
};

std::unexpected<Error> cannot_listen(const ListenAddress& address, Code error) {
  const char* advice =
      error == asio::error::address_in_use
          ? "Another program listens there: stop it or choose another with --listen."
      : error == asio::error::access_denied
          ? "Ports below 1024 and foreign folders need privileges: choose another with --listen."
          : "Is it an address of this machine?";
  return fail(ErrorCode::kIo, fmt::format("cannot listen on {}: {}. {}", address.to_string(),
                                          error.message(), advice));
}

// True if a server answers behind the socket file.
bool alive(asio::io_context& context, const std::string& file) {
  asio::local::stream_protocol::socket probe(context);
  Code error;
  probe.connect(asio::local::stream_protocol::endpoint(file), error);
  return !error;
}

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::listen(std::vector<EventLoop*> loops,
                                                       const ListenAddress& address,
                                                       const HttpServerLimits& limits,
                                                       HttpHandlers handlers) {
  auto& context = loops.front()->impl().context;
  auto shared = std::make_shared<Shared>();
  shared->limits = limits;
  shared->handlers = std::move(handlers);
  Code error;
  if (!address.socket_path.empty()) {
    const std::string& file = address.socket_path;
    struct stat status {};
    if (stat(file.c_str(), &status) == 0) {
      if (!S_ISSOCK(status.st_mode) || alive(context, file)) {
        return cannot_listen(address, asio::error::address_in_use);
      }
      unlink(file.c_str());
    }
    asio::local::stream_protocol::acceptor acceptor(context);
    acceptor.open(asio::local::stream_protocol(), error);
    const mode_t before = umask(0177);  // the socket appears with mode 0600
    if (!error) acceptor.bind(asio::local::stream_protocol::endpoint(file), error);
    umask(before);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) return cannot_listen(address, error);
    auto server = std::make_unique<ServerImpl<asio::local::stream_protocol>>(
        std::move(loops), std::move(shared), "unix:" + file, std::move(acceptor), file);
    server->accept();
    return server;
  }
  asio::ip::tcp::resolver resolver(context);
  const auto found = resolver.resolve(address.host, std::to_string(address.port),
                                      asio::ip::resolver_base::passive, error);
  if (error) return cannot_listen(address, error);
  const asio::ip::tcp::endpoint endpoint = found.begin()->endpoint();
  asio::ip::tcp::acceptor acceptor(context);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return cannot_listen(address, error);
  ListenAddress bound = address;
  bound.port = acceptor.local_endpoint().port();
  auto server = std::make_unique<ServerImpl<asio::ip::tcp>>(
      std::move(loops), std::move(shared), bound.to_string(), std::move(acceptor), "");
  server->accept();
  return server;
}

}  // namespace eva::io
