#include "io/http_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <list>
#include <optional>
#include <utility>

#include "io/loop_impl.h"
#include "io/stream.h"

namespace eva::io {
namespace asio = boost::asio;
namespace http = boost::beast::http;
using Code = boost::system::error_code;
namespace {

constexpr std::size_t kIdleMax = 4;
constexpr Duration kIdleTime = 30s;
constexpr std::size_t kHeadMax = 64 << 10;

// A connection that can outlive its request. Reads and writes go through TLS where there is any.
struct Connection {
  explicit Connection(asio::io_context& context) : socket(context) {}
  ~Connection() { close(); }
  void close() {
    if (tls) {
      close_now(tls->next_layer());
    } else {
      close_now(socket);
    }
  }
  template <typename Buffers, typename Handler>
  void write(const Buffers& buffers, Handler handler) {
    if (tls) {
      asio::async_write(*tls, buffers, std::move(handler));
    } else {
      asio::async_write(socket, buffers, std::move(handler));
    }
  }
  template <typename Handler>
  void read_some(asio::mutable_buffer into, Handler handler) {
    if (tls) {
      tls->async_read_some(into, std::move(handler));
    } else {
      socket.async_read_some(into, std::move(handler));
    }
  }

  StreamSocket socket;  // moved into tls once that is set up
  std::optional<asio::ssl::stream<StreamSocket>> tls;
};

struct Idle {
  std::shared_ptr<Connection> connection;
  Time since;
};

}  // namespace

struct HttpClient::Impl {
  Impl(EventLoop& l, Url u) : loop(l), url(std::move(u)), resolver(l.impl().context) {
    if (url.scheme == Url::Scheme::kHttps) {
      Code ignored;
      tls_context.emplace(asio::ssl::context::tls_client);
      tls_context->set_default_verify_paths(ignored);
      tls_context->set_verify_mode(asio::ssl::verify_peer, ignored);
    }
  }

  std::shared_ptr<Connection> take_idle() {
    while (!idle.empty()) {
      Idle last = std::move(idle.back());
      idle.pop_back();
      if (loop.now() - last.since < kIdleTime) return last.connection;
    }
    return nullptr;
  }
  void keep(std::shared_ptr<Connection> connection) {
    std::erase_if(idle, [&](const Idle& i) { return loop.now() - i.since >= kIdleTime; });
    if (idle.size() >= kIdleMax) idle.erase(idle.begin());
    idle.push_back({std::move(connection), loop.now()});
  }

  EventLoop& loop;
  Url url;
  asio::ip::tcp::resolver resolver;
  std::optional<asio::ssl::context> tls_context;
  std::vector<Idle> idle;
};

namespace {

// One request. The handlers of its operations hold it; the HttpCall only points to it, and
// abandon() makes it silent.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(std::shared_ptr<HttpClient::Impl> client, HttpRequest request,
           const HttpTimeouts& timeouts, HttpCallbacks callbacks)
      : client_(std::move(client)),
        timeouts_(timeouts),
        callbacks_(std::make_shared<HttpCallbacks>(std::move(callbacks))) {
    head_ =
        fmt::format("{} {}{} HTTP/1.1\r\nHost: {}\r\nUser-Agent: eva/{}\r\n", request.method,
                    client_->url.base_path, request.target, client_->url.authority(), EVA_VERSION);
    for (const auto& [name, value] : request.headers) head_ += name + ": " + value + "\r\n";
    if (!request.body.empty() || request.method == "POST") {
      head_ += fmt::format("Content-Length: {}\r\n", request.body.size());
    }
    head_ += "\r\n";
    is_head_request_ = request.method == "HEAD";
    body_ = std::move(request.body);
  }

  void start() {
    client_->loop.post([self = shared_from_this()] {
      if (self->abandoned_) return;
      self->connection_ = self->client_->take_idle();
      if (self->connection_) {
        self->reused_ = true;
        self->send();
      } else {
        self->connect();
      }
    });
  }

  void abandon() {
    abandoned_ = true;
    client_->loop.cancel(timer_);
    if (connection_) connection_->close();
    connection_.reset();
    callbacks_.reset();
  }

 private:
  const Url& url() const { return client_->url; }

  void limit(Duration time, const char* what) {
    client_->loop.cancel(timer_);
    timer_ =
        client_->loop.call_at(client_->loop.now() + time, [self = shared_from_this(), what, time] {
          self->fail_with(ErrorCode::kTimeout, fmt::format("{}: no {} within {} ms",
                                                           self->url().where(), what, to_ms(time)));
        });
  }

  void connect() {
    reused_ = false;
    limit(timeouts_.connect, "connection");
    connection_ = std::make_shared<Connection>(client_->loop.impl().context);
    if (url().scheme == Url::Scheme::kUnix) {
      connection_->socket.async_connect(
          asio::local::stream_protocol::endpoint(url().socket_path),
          [self = shared_from_this()](Code error) { self->connected(error); });
      return;
    }
    client_->resolver.async_resolve(
        url().host, std::to_string(url().port),
        [self = shared_from_this()](Code error,
                                    const asio::ip::tcp::resolver::results_type& found) {
          if (self->abandoned_) return;
          if (error) return self->connected(error);
          self->endpoints_.assign(found.begin(), found.end());
          self->connect_next();
        });
  }

  void connect_next() {
    const asio::ip::tcp::endpoint endpoint = endpoints_.front();
    endpoints_.erase(endpoints_.begin());
    connection_->socket.async_connect(endpoint, [self = shared_from_this()](Code error) {
      if (self->abandoned_) return;
      if (error && !self->endpoints_.empty()) {
        self->connection_ = std::make_shared<Connection>(self->client_->loop.impl().context);
        return self->connect_next();
      }
      self->connected(error);
    });
  }

  void connected(Code error) {
    if (abandoned_) return;
    if (error) {
      return fail_with(ErrorCode::kUnavailable,
                       fmt::format("{}: cannot connect: {}", url().where(), error.message()));
    }
    set_no_delay(connection_->socket);
    if (url().scheme != Url::Scheme::kHttps) return send();
    auto& tls = connection_->tls.emplace(std::move(connection_->socket), *client_->tls_context);
    SSL_set_tlsext_host_name(tls.native_handle(), url().host.c_str());
    tls.set_verify_callback(asio::ssl::host_name_verification(url().host));
    tls.async_handshake(asio::ssl::stream_base::client, [self = shared_from_this()](Code code) {
      if (self->abandoned_) return;
      if (code) {
        return self->fail_with(
            ErrorCode::kUnavailable,
            fmt::format("{}: TLS failed: {}", self->url().where(), code.message()));
      }
      self->send();
    });
  }

  void send() {
    limit(timeouts_.first_byte, "answer");
    parser_.emplace();
    parser_->header_limit(kHeadMax);
    parser_->body_limit(boost::none);
    if (is_head_request_) parser_->skip(true);
    const std::array<asio::const_buffer, 2> parts{asio::buffer(head_), asio::buffer(body_)};
    connection_->write(parts, [self = shared_from_this()](Code error, std::size_t) {
      if (self->abandoned_) return;
      if (error) return self->broken(error);
      self->read();
    });
  }

  void read() {
    connection_->read_some(asio::buffer(chunk_),
                           [self = shared_from_this()](Code error, std::size_t n) {
                             if (self->abandoned_) return;
                             self->received(error, n);
                           });
  }

  void received(Code error, std::size_t size) {
    if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) {
      if (!parser_->is_header_done()) return broken(error);
      Code end;
      parser_->put_eof(end);  // complete only if the body has no length of its own
      if (end || !parser_->is_done()) return broken(error);
      return finish(false);
    }
    if (error) return broken(error);
    got_byte_ = true;
    buffer_.commit(asio::buffer_copy(buffer_.prepare(size), asio::buffer(chunk_, size)));
    parse();
  }

  // Hands out what the buffer holds; asks for more where that is not all.
  void parse() {
    limit(timeouts_.between, "further data");
    const auto self = shared_from_this();
    while (!abandoned_) {
      parser_->get().body().data = piece_.data();
      parser_->get().body().size = piece_.size();
      Code error;
      const std::size_t used = parser_->put(buffer_.data(), error);
      buffer_.consume(used);
      if (error == http::error::need_buffer) error = {};
      if (error && error != http::error::need_more) {
        return fail_with(ErrorCode::kProtocol, fmt::format("{}: the answer is not HTTP: {}",
                                                           url().where(), error.message()));
      }
      if (parser_->is_header_done() && !head_told_ && !tell_head()) continue;
      if (abandoned_) return;
      const std::size_t got = piece_.size() - parser_->get().body().size;
      if (parser_->is_header_done() && got > 0 && callbacks_->on_data) {
        const auto callbacks = callbacks_;  // the callback may destroy the call
        callbacks->on_data({piece_.data(), got});
        if (abandoned_) return;
      }
      if (parser_->is_done()) return finish(parser_->keep_alive());
      if (error == http::error::need_more || (used == 0 && got == 0)) return read();
      if (buffer_.size() == 0) return read();
    }
  }

  // False for an interim 1xx answer: the real head is still to come.
  bool tell_head() {
    const int status = static_cast<int>(parser_->get().result_int());
    if (status >= 100 && status < 200) {
      parser_.emplace();
      parser_->header_limit(kHeadMax);
      parser_->body_limit(boost::none);
      return false;
    }
    head_told_ = true;
    Headers headers;
    for (const auto& field : parser_->get()) {
      headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    }
    if (callbacks_->on_head) {
      const auto callbacks = callbacks_;
      callbacks->on_head(status, headers);
    }
    return true;
  }

  void finish(bool keep_alive) {
    if (keep_alive && buffer_.size() == 0) {
      client_->keep(std::exchange(connection_, nullptr));
    }
    done({});
  }

  // A kept connection may have been closed by the server in the meantime: once more on a fresh one.
  void broken(Code error) {
    if (reused_ && !got_byte_) {
      connection_->close();
      buffer_.clear();
      return connect();
    }
    fail_with(ErrorCode::kUnavailable,
              fmt::format("{}: the connection broke: {}", url().where(), error.message()));
  }

  void fail_with(ErrorCode code, std::string detail) { done(fail(code, std::move(detail))); }

  void done(Result<> result) {
    client_->loop.cancel(timer_);
    const auto callbacks = std::exchange(callbacks_, nullptr);
    abandoned_ = true;
    if (connection_) connection_->close();
    connection_.reset();
    if (callbacks && callbacks->on_done) callbacks->on_done(std::move(result));
  }

  std::shared_ptr<HttpClient::Impl> client_;
  HttpTimeouts timeouts_;
  std::shared_ptr<HttpCallbacks> callbacks_;
  std::string head_;
  std::string body_;
  bool is_head_request_ = false;
  std::shared_ptr<Connection> connection_;
  std::vector<asio::ip::tcp::endpoint> endpoints_;
  bool reused_ = false;
  bool got_byte_ = false;
  bool head_told_ = false;
  bool abandoned_ = false;
  TimerId timer_ = 0;
  std::array<char, 16 << 10> chunk_;
  std::array<char, 16 << 10> piece_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::response_parser<http::buffer_body>> parser_;
};

class CallImpl final : public HttpCall {
 public:
  explicit CallImpl(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
  ~CallImpl() override { exchange_->abandon(); }

 private:
  std::shared_ptr<Exchange> exchange_;
};

}  // namespace

HttpClient::HttpClient(EventLoop& loop, Url url)
    : impl_(std::make_shared<Impl>(loop, std::move(url))) {}

HttpClient::~HttpClient() = default;

const Url& HttpClient::url() const {
  return impl_->url;
}

std::unique_ptr<HttpCall> HttpClient::send(HttpRequest request, const HttpTimeouts& timeouts,
                                           HttpCallbacks callbacks) {
  auto exchange =
      std::make_shared<Exchange>(impl_, std::move(request), timeouts, std::move(callbacks));
  exchange->start();
  return std::make_unique<CallImpl>(std::move(exchange));
}

}  // namespace eva::io
