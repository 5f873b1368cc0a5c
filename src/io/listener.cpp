#include "io/listener.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace eva::io {
namespace {

constexpr int kBacklog = 1024;

std::unexpected<Error> cannot_listen(const ListenAddress& address, std::string_view why) {
  return fail(ErrorCode::kIo, fmt::format("cannot listen on {}: {}", address.to_string(), why));
}

std::string explain(int error) {
  switch (error) {
    case EADDRINUSE:
      return "the port is in use; choose another or stop the program that has it";
    case EACCES:
      return "not permitted; choose a port above 1023, or a folder you may write to";
    case EADDRNOTAVAIL:
      return "no network interface of this machine has this address";
    default:
      return std::strerror(error);
  }
}

void set_flag(int fd, int level, int option, int value) {
  (void)::setsockopt(fd, level, option, &value, sizeof value);  // a failure costs only comfort
}

std::string host_text(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  } else {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
      inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text.data(), text.size());
    } else {
      inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    }
  }
  return text.data();
}

Result<Listener> listen_tcp(const ListenAddress& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int lookup =
      getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found);
  if (lookup != 0) return cannot_listen(address, gai_strerror(lookup));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  // "localhost" is both; clients try 127.0.0.1 more often than ::1.
  const addrinfo* chosen = found;
  while (chosen != nullptr && chosen->ai_family != AF_INET) chosen = chosen->ai_next;
  if (chosen == nullptr) chosen = found;

  UniqueFd fd(::socket(chosen->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return cannot_listen(address, explain(errno));
  set_flag(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (chosen->ai_family == AF_INET6) set_flag(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
  if (::bind(fd.get(), chosen->ai_addr, chosen->ai_addrlen) != 0 ||
      ::listen(fd.get(), kBacklog) != 0) {
    return cannot_listen(address, explain(errno));
  }
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&bound), &size) != 0) {
    return cannot_listen(address, explain(errno));
  }
  ListenAddress real = address;
  real.host = host_text(bound);
  real.port = ntohs(reinterpret_cast<const sockaddr_in&>(bound).sin_port);  // same place in v6
  return Listener{std::move(fd), real.to_string()};
}

Result<Listener> listen_unix(const ListenAddress& address) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (address.socket_path.size() >= sizeof name.sun_path) {
    return cannot_listen(address, "the path is too long");
  }
  std::memcpy(name.sun_path, address.socket_path.c_str(), address.socket_path.size());
  const auto* generic = reinterpret_cast<const sockaddr*>(&name);

  struct stat info {};
  if (::lstat(name.sun_path, &info) == 0) {
    if (!S_ISSOCK(info.st_mode)) return cannot_listen(address, "a file that is no socket is there");
    const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (::connect(probe.get(), generic, sizeof name) == 0 || errno != ECONNREFUSED) {
      return cannot_listen(address, "another server is using it");
    }
    ::unlink(name.sun_path);
  }
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return cannot_listen(address, explain(errno));
  // Before bind(), so that there is no moment in which others may connect.
  if (::fchmod(fd.get(), 0600) != 0 || ::bind(fd.get(), generic, sizeof name) != 0 ||
      ::listen(fd.get(), kBacklog) != 0) {
    return cannot_listen(address, explain(errno));
  }
  return Listener{std::move(fd), address.to_string()};
}

}  // namespace

Result<Listener> open_listener(const ListenAddress& address) {
  return address.socket_path.empty() ? listen_tcp(address) : listen_unix(address);
}

Accepted accept_one(const UniqueFd& listener) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  Accepted accepted;
  accepted.fd = UniqueFd(::accept4(listener.get(), reinterpret_cast<sockaddr*>(&peer), &size,
                                   SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!accepted.fd) return accepted;
  accepted.family = peer.ss_family;
  if (accepted.family == AF_UNIX) {
    accepted.remote = "unix";
  } else {
    accepted.remote = host_text(peer);
    set_flag(accepted.fd.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  }
  return accepted;
}

}  // namespace eva::io
