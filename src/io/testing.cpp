#include "io/testing.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

namespace eva::io::testing {
namespace {

void set_patience(int fd) {
  const timeval limit{.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(kPatience).count(),
                      .tv_usec = 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

}  // namespace

void LoopThread::call(std::function<void()> task) {
  std::promise<void> done;
  loop_.post([&] {
    task();
    done.set_value();
  });
  done.get_future().wait();
}

void LoopThread::join() {
  loop_.stop();
  if (thread_.joinable()) thread_.join();
}

Peer::Peer(UniqueFd fd) : fd_(std::move(fd)) {
  set_patience(fd_.get());
}

Peer Peer::connect_to(const std::string& address) {
  if (address.starts_with("unix:")) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::strncpy(name.sun_path, address.c_str() + 5, sizeof name.sun_path - 1);
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::connect(fd.get(), reinterpret_cast<sockaddr*>(&name), sizeof name), 0);
    return Peer(std::move(fd));
  }
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port =
      htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(::connect(fd.get(), reinterpret_cast<sockaddr*>(&name), sizeof name), 0);
  return Peer(std::move(fd));
}

bool Peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

std::string Peer::receive(std::size_t max) {
  std::string bytes(max, '\0');
  const ssize_t n = ::recv(fd_.get(), bytes.data(), max, 0);
  bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return bytes;
}

std::string Peer::receive_until(std::string_view end) {
  std::string all;
  while (all.find(end) == std::string::npos) {
    const std::string piece = receive(1);  // not one byte too many
    if (piece.empty()) break;
    all += piece;
  }
  return all;
}

std::string Peer::receive_all() {
  std::string all;
  while (true) {
    const std::string piece = receive();
    if (piece.empty()) return all;
    all += piece;
  }
}

void Peer::finish() {
  ::shutdown(fd_.get(), SHUT_WR);
}

ScriptedServer::ScriptedServer(std::function<void(Peer&, int number)> script)
    : listener_(*open_listener({.host = "127.0.0.1", .port = 0})),
      port_(listener_.bound.substr(listener_.bound.rfind(':') + 1)),
      thread_([this, script = std::move(script)](const std::stop_token& stop) {
        for (int number = 0; !stop.stop_requested();) {
          pollfd ready{.fd = listener_.fd.get(), .events = POLLIN, .revents = 0};
          if (::poll(&ready, 1, -1) < 0) continue;
          Accepted accepted = accept_one(listener_.fd);
          if (!accepted.fd) return;  // shut down by the destructor
          const int flags = ::fcntl(accepted.fd.get(), F_GETFL);
          ::fcntl(accepted.fd.get(), F_SETFL, flags & ~O_NONBLOCK);
          Peer peer(std::move(accepted.fd));
          script(peer, number++);
        }
      }) {}

ScriptedServer::~ScriptedServer() {
  thread_.request_stop();
  ::shutdown(listener_.fd.get(), SHUT_RDWR);  // wakes poll(); accept then fails
}

}  // namespace eva::io::testing
