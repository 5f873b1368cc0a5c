#include "io/http_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ssl/error.hpp>
#include <list>
#include <optional>
#include <unordered_map>
#include <utility>

#include "io/client_stream.h"
#include "io/loop_impl.h"
#include "io/response_parser.h"

namespace eva::io {
namespace asio = boost::asio;
using Code = boost::system::error_code;
namespace {

constexpr std::size_t kIdleMax = 4;
constexpr Duration kIdleTime = 30s;

class Exchange;

bool has_line_break(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

/// kBadInput for what would let data break out of the request's head (a key with a line end).
Result<> check_head(const HttpRequest& request) {
  if (request.method.empty() || has_line_break(request.method) || has_line_break(request.target) ||
      request.target.find(' ') != std::string::npos) {
    return fail(ErrorCode::kBadInput, "the request's method or target has a space or a line break");
  }
  for (const auto& [name, value] : request.headers) {
    if (name.empty() || has_line_break(name) || has_line_break(value)) {
      return fail(ErrorCode::kBadInput, fmt::format("the header '{}' has a line break", name));
    }
  }
  return {};
}

std::string make_head(const HttpRequest& request, const Url& url) {
  std::string head =
      fmt::format("{} {}{} HTTP/1.1\r\nHost: {}\r\nUser-Agent: eva/{}\r\n", request.method,
                  url.base_path, request.target, url.authority(), EVA_VERSION);
  for (const auto& [name, value] : request.headers) head += fmt::format("{}: {}\r\n", name, value);
  const bool may_have_body =
      request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (!request.body.empty() || may_have_body) {
    head += fmt::format("Content-Length: {}\r\n", request.body.size());
  }
  return head + "\r\n";
}

}  // namespace

/// Shared by the client and its calls, of which some may be inside a callback when the client dies.
struct HttpClient::Impl : std::enable_shared_from_this<Impl> {
  Impl(EventLoop& the_loop, Url the_url) : loop(the_loop), url(std::move(the_url)) {
    if (url.scheme == Url::Scheme::kHttps) tls = make_client_tls();
  }

  std::shared_ptr<ClientStream> take_idle();
  void keep(std::shared_ptr<ClientStream> stream);
  void forget(const ClientStream* stream);
  void cancel_all();

  struct Idle {
    std::shared_ptr<ClientStream> stream;
    TimerId expiry;
  };

  EventLoop& loop;
  const Url url;
  std::shared_ptr<asio::ssl::context> tls;
  std::list<Idle> idle;  // the longest idle first
  std::unordered_map<Exchange*, std::weak_ptr<Exchange>> exchanges;
};

namespace {

/// One request, over at most two connections. Kept alive by its operations and by the HttpCall.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(std::shared_ptr<HttpClient::Impl> client, HttpRequest request,
           const HttpTimeouts& timeouts, HttpCallbacks callbacks)
      : client_(std::move(client)),
        loop_(client_->loop),
        timeouts_(timeouts),
        callbacks_(std::move(callbacks)),
        is_head_request_(request.method == "HEAD"),
        bad_input_(check_head(request)),
        head_(make_head(request, client_->url)),
        body_(std::move(request.body)) {}

  ~Exchange() { client_->exchanges.erase(this); }

  void start() {
    client_->exchanges.emplace(this, weak_from_this());
    if (!bad_input_) {
      return loop_.post([self = shared_from_this()] { self->finish(self->bad_input_); });
    }
    stream_ = client_->take_idle();
    if (stream_) {
      is_kept_stream_ = true;
      send();
    } else {
      connect();
    }
  }

  void cancel() {
    if (is_finished_) return;
    release();
    callbacks_ = {};
  }

 private:
  void connect() {
    arm(timeouts_.connect, "connection");
    stream_ = std::make_shared<ClientStream>(loop_, client_->url, client_->tls);
    stream_->connect([self = shared_from_this()](Result<> result) {
      if (self->is_finished_) return;
      if (!result) return self->finish(std::move(result));
      self->send();
    });
  }

  void send() {
    arm(timeouts_.first_byte, "answer");
    parser_.emplace(
        is_head_request_,
        ResponseParser::Sink{
            [this](int status, const Headers& headers) { return tell_head(status, headers); },
            [this](std::string_view piece) { return tell_data(piece); }});
    stream_->set_on_read([weak = weak_from_this()](Code error, std::string_view bytes) {
      if (const auto self = weak.lock()) self->on_read(error, bytes);
    });
    is_sending_ = true;
    stream_->write(head_, body_, [self = shared_from_this()](Code error) {
      if (self->is_finished_ || error) return;  // the pending read knows better what went wrong
      self->is_sending_ = false;
      if (!self->has_answer_) self->arm(self->timeouts_.first_byte, "answer");
    });
    // At once: a server may answer (413) before it has read the whole request.
    stream_->read();
  }

  void on_read(Code error, std::string_view bytes) {
    const auto self = shared_from_this();
    try {
      if (error) {
        on_read_error(error);
      } else {
        on_bytes(bytes);
      }
    } catch (...) {  // a callback failed: the loop logs it, the call must still come to its end
      loop_.post([self] {
        if (!self->is_finished_) {
          self->finish(fail(ErrorCode::kInternal, "a handler of the answer failed"));
        }
      });
      throw;
    }
  }

  void on_bytes(std::string_view bytes) {
    has_answer_ = true;
    arm(timeouts_.between, "further data");
    pending_.append(bytes);
    const auto used = parser_->feed(pending_);
    if (is_finished_) return;
    if (!used) {
      return finish(
          fail(ErrorCode::kProtocol, fmt::format("the answer of {} is not HTTP: {}",
                                                 client_->url.where(), used.error().detail)));
    }
    pending_.erase(0, *used);
    if (parser_->complete()) return finish({});
    stream_->read();
  }

  void on_read_error(Code error) {
    // A TLS peer that leaves without a farewell (stream_truncated) may have been cut by an
    // attacker, so that end completes nothing.
    if (error == asio::error::eof && parser_->feed_end()) return finish({});
    if (is_kept_stream_ && !has_answer_) {
      // The server had closed the kept connection, or did so when the request came: once more.
      is_kept_stream_ = false;
      stream_->close();
      return connect();
    }
    finish(fail(ErrorCode::kUnavailable,
                fmt::format("the connection to {} broke {}: {}", client_->url.where(),
                            has_answer_ ? "in the answer" : "before the answer",
                            error == asio::error::eof ? "closed by the peer" : error.message())));
  }

  bool tell_head(int status, const Headers& headers) {
    if (auto on_head = std::exchange(callbacks_.on_head, nullptr)) on_head(status, headers);
    return !is_finished_;
  }

  bool tell_data(std::string_view piece) {
    // Moved out while it runs: it may destroy the call, and with it the callbacks.
    auto on_data = std::exchange(callbacks_.on_data, nullptr);
    if (on_data) on_data(piece);
    if (!is_finished_) callbacks_.on_data = std::move(on_data);
    return !is_finished_;
  }

  void finish(Result<> result) {
    if (result && !is_sending_ && pending_.empty() && parser_->may_keep_connection()) {
      client_->keep(std::exchange(stream_, nullptr));
    }
    release();
    auto callbacks = std::exchange(callbacks_, {});
    if (callbacks.on_done) callbacks.on_done(std::move(result));
  }

  void release() {
    is_finished_ = true;
    loop_.cancel(timer_);
    client_->exchanges.erase(this);
    if (stream_) stream_->close();
    stream_.reset();
  }

  void arm(Duration time, std::string_view what) {
    loop_.cancel(timer_);
    timer_ = loop_.call_at(loop_.now() + time, [weak = weak_from_this(), time, what] {
      const auto self = weak.lock();
      if (!self) return;
      self->finish(fail(
          ErrorCode::kTimeout,
          fmt::format("{}: no {} within {} ms", self->client_->url.where(), what, to_ms(time))));
    });
  }

  // Given.
  const std::shared_ptr<HttpClient::Impl> client_;
  EventLoop& loop_;
  const HttpTimeouts timeouts_;
  HttpCallbacks callbacks_;
  const bool is_head_request_;
  const Result<> bad_input_;
  const std::string head_;
  const std::string body_;

  std::shared_ptr<ClientStream> stream_;
  std::optional<ResponseParser> parser_;
  std::string pending_;  // received, not parsed
  TimerId timer_ = 0;
  bool is_kept_stream_ = false;
  bool is_sending_ = false;
  bool has_answer_ = false;   // its first byte
  bool is_finished_ = false;  // or cancelled
};

class CallHandle final : public HttpCall {
 public:
  explicit CallHandle(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
  ~CallHandle() override { exchange_->cancel(); }

 private:
  const std::shared_ptr<Exchange> exchange_;
};

}  // namespace

std::shared_ptr<ClientStream> HttpClient::Impl::take_idle() {
  if (idle.empty()) return nullptr;
  const Idle newest = std::move(idle.back());
  idle.pop_back();
  loop.cancel(newest.expiry);
  return newest.stream;
}

void HttpClient::Impl::keep(std::shared_ptr<ClientStream> stream) {
  if (idle.size() == kIdleMax) forget(idle.front().stream.get());
  const ClientStream* key = stream.get();
  // An idle server has nothing to say: whatever comes now means that the connection is dead.
  const auto drop = [weak = weak_from_this(), key] {
    if (const auto self = weak.lock()) self->forget(key);
  };
  stream->set_on_read([drop](Code, std::string_view) { drop(); });
  stream->read();
  idle.push_back({std::move(stream), loop.call_at(loop.now() + kIdleTime, drop)});
}

void HttpClient::Impl::forget(const ClientStream* stream) {
  const auto found =
      std::ranges::find_if(idle, [&](const Idle& entry) { return entry.stream.get() == stream; });
  if (found == idle.end()) return;
  loop.cancel(found->expiry);
  found->stream->close();
  idle.erase(found);
}

void HttpClient::Impl::cancel_all() {
  while (!idle.empty()) forget(idle.front().stream.get());
  const auto under_way = std::exchange(exchanges, {});
  for (const auto& [key, weak] : under_way) {
    if (const auto exchange = weak.lock()) exchange->cancel();
  }
}

HttpClient::HttpClient(EventLoop& loop, Url url)
    : impl_(std::make_shared<Impl>(loop, std::move(url))) {}

HttpClient::~HttpClient() {
  impl_->cancel_all();
}

const Url& HttpClient::url() const {
  return impl_->url;
}

std::unique_ptr<HttpCall> HttpClient::send(HttpRequest request, const HttpTimeouts& timeouts,
                                           HttpCallbacks callbacks) {
  const auto exchange =
      std::make_shared<Exchange>(impl_, std::move(request), timeouts, std::move(callbacks));
  exchange->start();
  return std::make_unique<CallHandle>(exchange);
}

}  // namespace eva::io
