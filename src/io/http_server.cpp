#include "io/http_server.h"

#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <cstring>
#include <set>

#include "base/check.h"
#include "io/http_connection.h"
#include "io/listener.h"
#include "io/loop_impl.h"

namespace eva::io {
namespace asio = boost::asio;
namespace {

constexpr int kAcceptsPerWake = 64;  // then the loop's sessions get their turn
constexpr Duration kPauseWhenOutOfFiles = 100ms;
constexpr std::size_t kRefusalsMax = 64;  // that many over the limit get a 503, the rest nothing

void answer_not_found(EventLoop&, const HttpRequest&, std::unique_ptr<Responder> responder) {
  responder->respond({404, {{"Content-Type", "text/plain"}}, "nothing is here\n"});
}

void open_connection(const std::shared_ptr<ServerShared>& shared, EventLoop& loop,
                     Accepted accepted, ConnectionToken token, bool is_over_limit) {
  const asio::generic::stream_protocol protocol(accepted.family, 0);
  StreamSocket socket(loop.impl().context);
  boost::system::error_code error;
  socket.assign(protocol, accepted.fd.get(), error);
  if (error) return;  // out of memory in epoll; the descriptor closes with `accepted`
  accepted.fd.release();
  std::make_shared<HttpConnection>(shared, loop, std::move(socket), std::move(accepted.remote),
                                   std::move(token))
      ->start(is_over_limit);
}

/// Lives on loops.front(); its pending wait keeps it alive, and close() ends that.
class Acceptor : public std::enable_shared_from_this<Acceptor> {
 public:
  Acceptor(std::vector<EventLoop*> loops, std::shared_ptr<ServerShared> shared, UniqueFd listener)
      : loops_(std::move(loops)),
        shared_(std::move(shared)),
        listener_(std::move(listener)),
        ready_(loops_.front()->impl().context, listener_.get()) {}
  ~Acceptor() { close(); }

  void wait() {
    if (!ready_.is_open()) return;
    ready_.async_wait(asio::posix::stream_descriptor::wait_read,
                      [self = shared_from_this()](boost::system::error_code error) {
                        if (!error) self->accept_waiting();
                      });
  }

  void close() {
    if (!ready_.is_open()) return;
    ready_.release();  // cancels the wait
    listener_ = UniqueFd();
  }

 private:
  void accept_waiting() {
    if (!ready_.is_open()) return;
    for (int i = 0; i < kAcceptsPerWake; ++i) {
      Accepted accepted = accept_one(listener_);
      if (accepted.fd) {
        place(std::move(accepted));
      } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
        break;
      } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        return pause(errno);
      }  // else that one connection died while it waited: look at the next
    }
    wait();
  }

  void pause(int error) {
    if (!has_warned_) {
      spdlog::error("cannot accept connections: {}; raise the limit of open files (ulimit -n)",
                    std::strerror(error));
    }
    has_warned_ = true;
    EventLoop& loop = *loops_.front();
    loop.call_at(loop.now() + kPauseWhenOutOfFiles, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->wait();
    });
  }

  void place(Accepted accepted) {
    const std::size_t limit = shared_->limits.connections;
    ConnectionToken token = take_place(shared_, &ServerShared::plain, limit + kRefusalsMax);
    if (!token) return;
    EventLoop* loop = loops_[next_loop_++ % loops_.size()];
    loop->post([shared = shared_, loop, accepted = std::move(accepted), token = std::move(token),
                is_over_limit = shared_->plain > limit]() mutable {
      open_connection(shared, *loop, std::move(accepted), std::move(token), is_over_limit);
    });
  }

  const std::vector<EventLoop*> loops_;
  const std::shared_ptr<ServerShared> shared_;
  UniqueFd listener_;
  asio::posix::stream_descriptor ready_;  // the same descriptor, owned by listener_
  std::size_t next_loop_ = 0;
  bool has_warned_ = false;
};

class Server final : public HttpServer {
 public:
  Server(std::vector<EventLoop*> loops, std::shared_ptr<ServerShared> shared, Listener listener)
      : shared_(std::move(shared)),
        address_(std::move(listener.bound)),
        acceptor_(std::make_shared<Acceptor>(std::move(loops), shared_, std::move(listener.fd))) {
    acceptor_->wait();
  }

  ~Server() override {
    stop_accepting();
    std::vector<std::shared_ptr<HttpConnection>> open;
    {
      std::lock_guard lock(shared_->mutex);
      for (const auto& [key, weak] : shared_->connections) {
        if (auto connection = weak.lock()) open.push_back(std::move(connection));
      }
    }
    for (const auto& connection : open) connection->abort();
  }

  std::string address() const override { return address_; }
  std::size_t connections() const override { return shared_->plain + shared_->websockets; }

  void stop_accepting() override {
    if (is_stopped_) return;
    is_stopped_ = true;
    acceptor_->close();
    if (address_.starts_with("unix:")) ::unlink(address_.c_str() + 5);
  }

 private:
  const std::shared_ptr<ServerShared> shared_;
  const std::string address_;
  const std::shared_ptr<Acceptor> acceptor_;
  bool is_stopped_ = false;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::listen(std::vector<EventLoop*> loops,
                                                       const ListenAddress& address,
                                                       const HttpServerLimits& limits,
                                                       HttpHandlers handlers) {
  EVA_CHECK(!loops.empty());
  if (!handlers.on_request) handlers.on_request = answer_not_found;
  auto listener = open_listener(address);
  if (!listener) return std::unexpected(std::move(listener.error()));
  auto shared = std::make_shared<ServerShared>();
  shared->limits = limits;
  shared->handlers = std::move(handlers);
  return std::make_unique<Server>(std::move(loops), std::move(shared), std::move(*listener));
}

}  // namespace eva::io
