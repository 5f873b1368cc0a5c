#include "io/client_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/write.hpp>

#include "io/loop_impl.h"

namespace eva::io {
namespace asio = boost::asio;
using Code = boost::system::error_code;

std::shared_ptr<asio::ssl::context> make_client_tls() {
  auto tls = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
  Code ignored;  // without authorities every certificate is refused, and the message says so
  tls->set_default_verify_paths(ignored);
  tls->set_verify_mode(asio::ssl::verify_peer);
  SSL_CTX_set_min_proto_version(tls->native_handle(), TLS1_2_VERSION);
  return tls;
}

ClientStream::ClientStream(EventLoop& loop, const Url& url, std::shared_ptr<asio::ssl::context> tls)
    : loop_(loop),
      url_(url),
      tls_context_(std::move(tls)),
      socket_(loop.impl().context),
      resolver_(loop.impl().context) {}

void ClientStream::connect(std::move_only_function<void(Result<>)> on_connected) {
  on_connected_ = std::move(on_connected);
  if (url_.scheme == Url::Scheme::kUnix) {
    endpoints_ = {asio::local::stream_protocol::endpoint(url_.socket_path)};
    return connect_to_next();
  }
  Code not_an_address;
  const auto address = asio::ip::make_address(url_.host, not_an_address);
  if (!not_an_address) {
    endpoints_ = {asio::ip::tcp::endpoint(address, url_.port)};
    return connect_to_next();
  }
  resolver_.async_resolve(url_.host, std::to_string(url_.port),
                          [self = shared_from_this()](Code error, const auto& found) {
                            if (self->is_closed_) return;
                            if (error) {
                              return self->connected(self->cannot_connect(error.message()));
                            }
                            for (const auto& entry : found) {
                              self->endpoints_.emplace_back(entry.endpoint());
                            }
                            std::ranges::reverse(self->endpoints_);
                            self->connect_to_next();
                          });
}

void ClientStream::connect_to_next() {
  const auto endpoint = endpoints_.back();
  endpoints_.pop_back();
  socket_.async_connect(endpoint, [self = shared_from_this()](Code error) {
    if (self->is_closed_) return;
    if (error && !self->endpoints_.empty()) {
      close_now(self->socket_);
      return self->connect_to_next();
    }
    if (error) return self->connected(self->cannot_connect(error.message()));
    if (self->url_.scheme != Url::Scheme::kUnix) {
      Code ignored;  // a failure costs only delay
      self->socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    }
    if (self->url_.scheme == Url::Scheme::kHttps) return self->shake_hands();
    self->connected({});
  });
}

void ClientStream::shake_hands() {
  tls_.emplace(socket_, *tls_context_);
  Code not_an_address;
  asio::ip::make_address(url_.host, not_an_address);
  if (not_an_address) {  // RFC 6066 allows only names here
    SSL_set_tlsext_host_name(tls_->native_handle(), url_.host.c_str());
  }
  tls_->set_verify_callback(asio::ssl::host_name_verification(url_.host));
  tls_->async_handshake(asio::ssl::stream_base::client, [self = shared_from_this()](Code error) {
    if (self->is_closed_) return;
    if (!error) return self->connected({});
    std::string why = "TLS failed: " + error.message();
    const long verdict = SSL_get_verify_result(self->tls_->native_handle());
    if (verdict != X509_V_OK) why += fmt::format(": {}", X509_verify_cert_error_string(verdict));
    self->connected(self->cannot_connect(why));
  });
}

void ClientStream::connected(Result<> result) {
  const auto self = shared_from_this();
  auto on_connected = std::exchange(on_connected_, nullptr);
  on_connected(std::move(result));
}

std::unexpected<Error> ClientStream::cannot_connect(std::string_view why) const {
  return fail(ErrorCode::kUnreachable, fmt::format("cannot connect to {}: {}", url_.where(), why));
}

void ClientStream::read() {
  if (is_reading_ || is_closed_) return;
  is_reading_ = true;
  auto handler = [self = shared_from_this()](Code error, std::size_t size) {
    self->is_reading_ = false;
    if (self->is_closed_ || !self->on_read_) return;
    const ReadHandler on_read = self->on_read_;  // a copy: it may replace or clear the original
    on_read(error, {self->chunk_.data(), error ? 0 : size});
  };
  if (tls_) {
    tls_->async_read_some(asio::buffer(chunk_), std::move(handler));
  } else {
    socket_.async_read_some(asio::buffer(chunk_), std::move(handler));
  }
}

void ClientStream::write(std::string_view head, std::string_view body,
                         std::move_only_function<void(Code)> on_written) {
  const std::array<asio::const_buffer, 2> buffers{asio::buffer(head), asio::buffer(body)};
  auto handler = [self = shared_from_this(), on_written = std::move(on_written)](
                     Code error, std::size_t) mutable { on_written(error); };
  if (tls_) {
    asio::async_write(*tls_, buffers, std::move(handler));
  } else {
    asio::async_write(socket_, buffers, std::move(handler));
  }
}

void ClientStream::close() {
  is_closed_ = true;
  resolver_.cancel();
  close_now(socket_);
  on_connected_ = nullptr;
  on_read_ = nullptr;
}

}  // namespace eva::io
