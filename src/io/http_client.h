#pragma once
// Streaming HTTP/1.1 client over TCP, TLS or a Unix socket, with kept-alive connections.
#include <functional>
#include <memory>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "io/event_loop.h"
#include "io/http.h"
#include "io/url.h"

namespace eva::io {

struct HttpTimeouts {
  Duration connect = 3s;      // name lookup, TCP, TLS together
  Duration first_byte = 30s;  // from request sent to response head
  Duration between = 15s;     // between two pieces of the body
};

struct HttpCallbacks {
  std::move_only_function<void(int status, const Headers&)> on_head;  // once, first
  std::move_only_function<void(std::string_view)> on_data;  // body, any chunking, in order
  /// Exactly once, last. kUnreachable: no such host, nobody listens,
  /// no TLS. kUnavailable: reset, cut in mid-body. kTimeout:
  /// which one is in the detail. kProtocol: not HTTP, head over 64 KiB. kBadInput: a line break in
  /// the request's head. kInternal: a callback threw. Any status is a success here.
  std::move_only_function<void(Result<>)> on_done;
};

/// Destroying it closes the connection (the server sees it at once) and silences the callbacks;
/// allowed inside them.
class HttpCall {
 public:
  virtual ~HttpCall() = default;
};

/// Lives on one loop. Made once per peer and kept: for https it reads the system's certificate
/// authorities (OpenSSL's default paths, or SSL_CERT_FILE). Keeps up to 4 idle connections per
/// client for 30 s; a request on a kept connection that dies before the first response byte is
/// repeated once on a fresh one.
class HttpClient {
 public:
  HttpClient(EventLoop& loop, Url url);
  ~HttpClient();  // cancels every call under way
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// request.target is relative to the URL's base path ("/chat/completions"). Host, Content-Length
  /// and User-Agent are added. The callbacks run later, on the loop, never inside send().
  [[nodiscard]] std::unique_ptr<HttpCall> send(HttpRequest request, const HttpTimeouts& timeouts,
                                               HttpCallbacks callbacks);
  const Url& url() const;

  struct Impl;  // defined in http_client.cpp

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace eva::io
