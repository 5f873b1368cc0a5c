#pragma once
// A listening TCP or Unix socket as a plain descriptor. For src/io only.
#include <string>

#include "base/error.h"
#include "io/unique_fd.h"
#include "io/url.h"

namespace eva::io {

struct Listener {
  UniqueFd fd;        // non-blocking, close-on-exec
  std::string bound;  // "127.0.0.1:8000" with the real port, or "unix:/path"
};

/// May look a name up and so block: for start-up. Errors as in HttpServer::listen.
Result<Listener> open_listener(const ListenAddress& address);

struct Accepted {
  UniqueFd fd;         // non-blocking, close-on-exec, without Nagle's delay
  int family = 0;      // AF_INET, AF_INET6, AF_UNIX
  std::string remote;  // "127.0.0.1", "unix"
};

/// The next waiting connection; an empty fd with errno set if there is none or accept(2) failed.
Accepted accept_one(const UniqueFd& listener);

}  // namespace eva::io
