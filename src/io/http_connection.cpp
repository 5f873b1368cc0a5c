#include "io/http_connection.h"

#include <fmt/format.h>

#include <boost/asio/buffer.hpp>

#include "io/loop_impl.h"
#include "io/websocket_accept.h"

namespace eva::io {
namespace asio = boost::asio;
namespace {

constexpr std::size_t kBuffersPerWrite = 16;

std::string_view status_text(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 499:
      return "Client Closed Request";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Status";
  }
}

bool has_line_break(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

/// The server's own errors, in the form of the OpenAI API, which most of its clients understand.
HttpResponse error_response(int status, std::string_view reason, std::string_view code = {}) {
  std::string text;
  for (const char c : reason) {  // what JSON wants escaped; a reason may quote the peer
    if (c == '"' || c == '\\') text += '\\';
    text += c >= ' ' && c < 0x7f ? c : '?';
  }
  HttpResponse response{status, {{"Content-Type", "application/json"}}, {}};
  response.body =
      fmt::format(R"({{"error":{{"message":"{}","type":"{}","code":{},"param":null}}}})", text,
                  status >= 500 ? "server_error" : "invalid_request_error",
                  code.empty() ? "null" : fmt::format(R"("{}")", code));
  if (status == 405) response.headers.emplace_back("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE");
  return response;
}

class ConnectionResponder final : public Responder {
 public:
  ConnectionResponder(std::shared_ptr<HttpConnection> connection, std::uint64_t exchange)
      : connection_(std::move(connection)), exchange_(exchange) {}
  ~ConnectionResponder() override { connection_->abandon(exchange_); }

  void respond(HttpResponse response) override {
    connection_->respond(exchange_, std::move(response));
  }
  void start(int status, Headers headers) override {
    connection_->start_stream(exchange_, status, headers);
  }
  bool write(std::string_view piece) override { return connection_->write(exchange_, piece); }
  void finish() override { connection_->finish_stream(exchange_); }
  void on_disconnect(std::move_only_function<void()> task) override {
    connection_->set_on_disconnect(exchange_, std::move(task));
  }
  std::size_t queued_bytes() const override { return connection_->queued_bytes(); }

 private:
  const std::shared_ptr<HttpConnection> connection_;
  const std::uint64_t exchange_;
};

}  // namespace

ConnectionToken take_place(std::shared_ptr<ServerShared> shared,
                           std::atomic<std::size_t> ServerShared::*counter, std::size_t limit) {
  ServerShared* counted = shared.get();
  if ((counted->*counter).fetch_add(1) >= limit) {
    --(counted->*counter);
    return nullptr;
  }
  return ConnectionToken(
      counted, [shared = std::move(shared), counter](void*) { --(shared.get()->*counter); });
}

HttpConnection::HttpConnection(std::shared_ptr<ServerShared> shared, EventLoop& loop,
                               StreamSocket socket, std::string remote, ConnectionToken token)
    : shared_(std::move(shared)),
      loop_(loop),
      socket_(std::move(socket)),
      remote_(std::move(remote)),
      token_(std::move(token)) {}

HttpConnection::~HttpConnection() {
  disarm();
  std::lock_guard lock(shared_->mutex);
  shared_->connections.erase(this);
}

void HttpConnection::start(bool is_over_limit) {
  {
    std::lock_guard lock(shared_->mutex);
    shared_->connections.emplace(this, weak_from_this());
  }
  if (is_over_limit) {
    refuse(503, "the server has no connection to spare");
  } else {
    wait_for_request();
  }
  read_more();
}

void HttpConnection::abort() {
  on_disconnect_ = nullptr;
  close();
}

// ---- Reading ----

void HttpConnection::wait_for_request() {
  state_ = State::kReading;
  parser_.emplace(shared_->limits.header_bytes, shared_->limits.body_bytes);
  has_begun_ = false;
  has_sent_continue_ = false;
  // Who has just connected has something to say: idle connections are not to take all places.
  const bool is_first = exchange_ == 0;
  arm(is_first ? shared_->limits.header_timeout : shared_->limits.idle_timeout,
      &HttpConnection::on_late);
}

void HttpConnection::read_more() {
  if (is_reading_ || state_ == State::kClosed) return;
  if (state_ == State::kHandling && pending_.size() >= shared_->limits.header_bytes) return;
  is_reading_ = true;
  socket_.async_read_some(asio::buffer(chunk_),
                          [self = shared_from_this()](auto error, std::size_t size) {
                            self->is_reading_ = false;
                            self->on_read(error, size);
                          });
}

void HttpConnection::on_read(boost::system::error_code error, std::size_t size) {
  if (state_ == State::kClosed) return;
  if (error) return drop();
  if (state_ != State::kLingering) {
    pending_.append(chunk_.data(), size);
    if (state_ == State::kReading) parse();
  }
  read_more();
}

void HttpConnection::parse() {
  if (!has_begun_) {
    has_begun_ = true;
    if (exchange_ > 0) arm(shared_->limits.header_timeout, &HttpConnection::on_late);
  }
  const auto used = parser_->feed(pending_);
  if (!used) return refuse(used.error().status, used.error().reason);
  pending_.erase(0, *used);
  if (parser_->complete()) return dispatch();
  if (parser_->has_head() && parser_->expects_continue() && !has_sent_continue_) {
    has_sent_continue_ = true;
    queue("HTTP/1.1 100 Continue\r\n\r\n");
    flush();
  }
}

void HttpConnection::begin_exchange() {
  disarm();
  state_ = State::kHandling;
  answer_ = Answer::kNone;
  ++exchange_;
}

void HttpConnection::refuse(int status, std::string_view reason) {
  begin_exchange();
  keep_alive_ = false;
  is_head_request_ = false;
  respond(exchange_, error_response(status, reason));
}

void HttpConnection::dispatch() {
  begin_exchange();
  parser_->request().remote = remote_;
  is_head_request_ = parser_->request().method == "HEAD";
  is_http_1_0_ = parser_->is_http_1_0();
  keep_alive_ = parser_->wants_keep_alive();
  if (shared_->handlers.on_websocket && parser_->is_websocket_upgrade()) return upgrade();
  HttpRequest request = std::move(parser_->request());
  parser_.reset();
  shared_->handlers.on_request(
      loop_, std::move(request),
      std::make_unique<ConnectionResponder>(shared_from_this(), exchange_));
}

void HttpConnection::upgrade() {
  HttpRequest request = std::move(parser_->request());
  keep_alive_ = false;
  if (find_header(request.headers, "Sec-WebSocket-Version") != "13") {
    HttpResponse response = error_response(426, "this server speaks WebSocket version 13");
    response.headers.emplace_back("Sec-WebSocket-Version", "13");
    return respond(exchange_, std::move(response));
  }
  if (!find_header(request.headers, "Sec-WebSocket-Key") || !pending_.empty()) {
    return respond(exchange_, error_response(400, "malformed WebSocket handshake"));
  }
  std::string subprotocol;
  if (shared_->handlers.may_upgrade) {
    if (auto refusal = shared_->handlers.may_upgrade(request, subprotocol)) {
      return respond(exchange_, std::move(*refusal));
    }
  }
  ConnectionToken place =
      take_place(shared_, &ServerShared::websockets, shared_->limits.websockets);
  if (!place) {
    return respond(exchange_, error_response(503, "all sessions are in use; try again later",
                                             "too_many_connections"));
  }
  token_.reset();
  state_ = State::kClosed;  // the socket has a new owner
  accept_websocket(loop_, std::move(socket_), std::move(request), std::move(subprotocol),
                   shared_->limits, std::move(place),
                   [shared = shared_, &loop = loop_](const HttpRequest& accepted,
                                                     std::unique_ptr<WebSocket> websocket) {
                     shared->handlers.on_websocket(loop, accepted, std::move(websocket));
                   });
}

// ---- Answering ----

bool HttpConnection::is_answering(std::uint64_t exchange) const {
  return state_ == State::kHandling && exchange == exchange_ && answer_ != Answer::kFinished;
}

void HttpConnection::respond(std::uint64_t exchange, HttpResponse response) {
  if (!is_answering(exchange) || answer_ != Answer::kNone) return;
  const bool has_no_body = response.status == 204 || response.status == 304;
  queue_head(response.status, response.headers,
             has_no_body ? std::nullopt : std::optional(response.body.size()));
  if (!is_head_request_ && !has_no_body) queue(std::move(response.body));
  finish_answer();
}

void HttpConnection::start_stream(std::uint64_t exchange, int status, const Headers& headers) {
  if (!is_answering(exchange) || answer_ != Answer::kNone) return;
  is_chunked_ = !is_http_1_0_;
  if (!is_chunked_) keep_alive_ = false;  // HTTP/1.0 knows no chunks: the end is the close
  answer_ = Answer::kStreaming;
  Headers all = headers;
  if (is_chunked_) all.emplace_back("Transfer-Encoding", "chunked");
  queue_head(status, all, std::nullopt);
  flush();
}

bool HttpConnection::write(std::uint64_t exchange, std::string_view piece) {
  if (!is_answering(exchange) || answer_ != Answer::kStreaming) return false;
  if (piece.empty() || is_head_request_) return true;
  if (queued_bytes_ + piece.size() > shared_->limits.stream_bytes) {
    drop();
    return false;
  }
  queue(is_chunked_ ? fmt::format("{:x}\r\n{}\r\n", piece.size(), piece) : std::string(piece));
  flush();
  return true;
}

void HttpConnection::finish_stream(std::uint64_t exchange) {
  if (!is_answering(exchange) || answer_ != Answer::kStreaming) return;
  if (is_chunked_ && !is_head_request_) queue("0\r\n\r\n");
  finish_answer();
}

void HttpConnection::set_on_disconnect(std::uint64_t exchange,
                                       std::move_only_function<void()> task) {
  if (exchange != exchange_ || answer_ == Answer::kFinished) return;
  on_disconnect_ = std::move(task);
  if (state_ == State::kClosed) {
    loop_.post([self = shared_from_this()] { self->run_on_disconnect(); });
  }
}

void HttpConnection::abandon(std::uint64_t exchange) {
  if (exchange != exchange_) return;
  on_disconnect_ = nullptr;
  if (!is_answering(exchange)) return;
  if (answer_ == Answer::kNone) {
    return respond(exchange, error_response(500, "the request was dropped without an answer"));
  }
  close();  // in mid-stream: only a cut connection tells the peer that the end is missing
}

void HttpConnection::finish_answer() {
  answer_ = Answer::kFinished;
  on_disconnect_ = nullptr;
  if (!out_.empty()) return flush();
  // All is sent already. Posted, so that the next request is not handled inside this call.
  loop_.post([self = shared_from_this()] { self->flush(); });
}

// ---- Writing ----

void HttpConnection::queue_head(int status, const Headers& headers,
                                std::optional<std::size_t> length) {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\nServer: eva\r\n", status, status_text(status));
  for (const auto& [name, value] : headers) {
    if (has_line_break(name) || has_line_break(value)) continue;  // would forge a head
    head += fmt::format("{}: {}\r\n", name, value);
  }
  if (length) head += fmt::format("Content-Length: {}\r\n", *length);
  head += keep_alive_ ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  queue(std::move(head));
}

void HttpConnection::queue(std::string bytes) {
  if (bytes.empty()) return;
  queued_bytes_ += bytes.size();
  out_.push_back(std::move(bytes));
}

void HttpConnection::flush() {
  if (is_writing_ || state_ == State::kClosed) return;
  if (out_.empty()) {
    if (state_ == State::kHandling && answer_ == Answer::kFinished) on_answer_sent();
    return;
  }
  is_writing_ = true;
  std::vector<asio::const_buffer> buffers;
  for (const std::string& bytes : out_) {
    if (buffers.size() == kBuffersPerWrite) break;
    buffers.push_back(asio::buffer(bytes));
  }
  buffers.front() += out_offset_;
  // A deadline for progress, not for the whole: a big answer to a slow reader is fine.
  if (state_ == State::kHandling) arm(shared_->limits.idle_timeout, &HttpConnection::drop);
  socket_.async_write_some(buffers, [self = shared_from_this()](auto error, std::size_t size) {
    self->is_writing_ = false;
    self->on_written(error, size);
  });
}

void HttpConnection::on_written(boost::system::error_code error, std::size_t size) {
  if (state_ == State::kClosed) return;
  if (error) return drop();
  queued_bytes_ -= size;
  out_offset_ += size;
  while (!out_.empty() && out_offset_ >= out_.front().size()) {
    out_offset_ -= out_.front().size();
    out_.pop_front();
  }
  if (out_.empty() && state_ == State::kHandling) disarm();
  flush();
}

void HttpConnection::on_answer_sent() {
  if (!keep_alive_) return linger();
  wait_for_request();
  if (!pending_.empty()) parse();
  read_more();
}

// ---- The end ----

void HttpConnection::linger() {
  // Closing while the peer still sends would reset the connection and could take the answer away.
  state_ = State::kLingering;
  pending_.clear();
  boost::system::error_code ignored;
  socket_.shutdown(StreamSocket::shutdown_send, ignored);
  arm(shared_->limits.close_timeout, &HttpConnection::close);
  read_more();
}

void HttpConnection::drop() {
  close();
  // Posted, because write() may be the caller, and its caller does not expect to be called.
  if (on_disconnect_) loop_.post([self = shared_from_this()] { self->run_on_disconnect(); });
}

void HttpConnection::close() {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  disarm();
  close_now(socket_);
  token_.reset();
  if (!is_writing_) out_.clear();  // else the pending write still looks at it
  queued_bytes_ = 0;
}

void HttpConnection::run_on_disconnect() {
  if (auto task = std::exchange(on_disconnect_, nullptr)) task();
}

void HttpConnection::arm(Duration after, void (HttpConnection::*action)()) {
  disarm();
  deadline_ = loop_.call_at(loop_.now() + after, [weak = weak_from_this(), action] {
    const auto self = weak.lock();
    if (!self) return;
    self->deadline_.reset();
    (*self.*action)();
  });
}

void HttpConnection::disarm() {
  if (deadline_) loop_.cancel(*deadline_);
  deadline_.reset();
}

void HttpConnection::on_late() {
  if (!has_begun_) return close();
  refuse(408, "the request took too long to arrive");
}

}  // namespace eva::io
