// Real sockets on loopback: client and server of src/io against each other and against raw bytes.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <functional>

#include "io/http_client.h"
#include "io/http_server.h"

namespace eva::io {
namespace {

class Http : public testing::Test {
 protected:
  void listen(std::function<void(HttpRequest, std::unique_ptr<Responder>)> handle,
              HttpServerLimits limits = {}, const std::string& where = "127.0.0.1:0") {
    HttpHandlers handlers;
    handlers.on_request = [handle = std::move(handle)](EventLoop&, HttpRequest request,
                                                       std::unique_ptr<Responder> responder) {
      handle(std::move(request), std::move(responder));
    };
    auto made =
        HttpServer::listen({&loop}, *parse_listen_address(where), limits, std::move(handlers));
    ASSERT_TRUE(made) << made.error().detail;
    server = std::move(*made);
  }
  Url url() const {
    return server->address().starts_with("unix:") ? *parse_url(server->address())
                                                  : *parse_url("http://" + server->address());
  }

  struct Answer {
    int status = 0;
    Headers headers;
    std::string body;
    std::optional<Result<>> end;
  };
  HttpCallbacks into(Answer& answer) {
    HttpCallbacks callbacks;
    callbacks.on_head = [&](int status, const Headers& headers) {
      answer.status = status;
      answer.headers = headers;
    };
    callbacks.on_data = [&](std::string_view data) { answer.body += data; };
    callbacks.on_done = [&](Result<> result) { answer.end = std::move(result); };
    return callbacks;
  }
  Answer ask(HttpRequest request, HttpTimeouts timeouts = {}) {
    HttpClient client(loop, url());
    return ask(client, std::move(request), timeouts);
  }
  Answer ask(HttpClient& client, HttpRequest request, HttpTimeouts timeouts = {}) {
    Answer answer;
    const auto call = client.send(std::move(request), timeouts, into(answer));
    wait([&] { return answer.end.has_value(); });
    return answer;
  }
  void wait(const std::function<bool()>& done) {
    bool late = false;
    const TimerId timer = loop.call_at(loop.now() + 10s, [&] { late = true; });
    loop.run_until([&] { return late || done(); });
    loop.cancel(timer);
    EXPECT_FALSE(late);
  }
  // Sends raw bytes, reads until the server closes.
  std::string raw(const std::string& bytes) {
    const auto colon = server->address().rfind(':');
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port =
        htons(static_cast<std::uint16_t>(std::stoi(server->address().substr(colon + 1))));
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
    std::string out;
    wait([&] {
      char chunk[4096];
      const ssize_t n = recv(fd, chunk, sizeof chunk, MSG_DONTWAIT);
      if (n > 0) out.append(chunk, static_cast<std::size_t>(n));
      if (n < 0) loop.post([] {});  // look again
      return n == 0 || (n < 0 && errno != EAGAIN);
    });
    close(fd);
    return out;
  }

  EventLoop loop;
  std::unique_ptr<HttpServer> server;
};

void echo(HttpRequest request, std::unique_ptr<Responder> responder) {
  responder->respond({.status = 200,
                      .headers = {{"X-Path", std::string(request.path())}},
                      .body = request.method + " " + request.body});
}

TEST_F(Http, ARoundTripOverTcpAndUnix) {
  const auto file = (std::filesystem::path(testing::TempDir()) / "eva-io-test.sock").string();
  for (const std::string& where : {std::string("127.0.0.1:0"), "unix:" + file}) {
    server.reset();
    listen(echo, {}, where);
    const auto answer = ask({.method = "POST", .target = "/x?y=1", .body = "hello"});
    EXPECT_TRUE(*answer.end) << answer.end->error().detail;
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "POST hello");
    const std::string path = where.starts_with("unix") ? "/v1/x" : "/x";
    EXPECT_EQ(find_header(answer.headers, "x-path"), path);
  }
  EXPECT_FALSE(HttpServer::listen({&loop}, *parse_listen_address("unix:" + file), {}, {}));
  server.reset();
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(Http, ConnectionsAreKept) {
  listen(echo);
  HttpClient client(loop, url());
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(ask(client, {.method = "GET", .target = "/"}).body, "GET ");
    EXPECT_EQ(server->connections(), 1u);
  }
  EXPECT_EQ(ask(client, {.method = "HEAD", .target = "/"}).body, "");
  EXPECT_EQ(ask(client, {.method = "GET", .target = "/"}).status, 200);
}

TEST_F(Http, AStreamArrivesPieceByPiece) {
  std::unique_ptr<Responder> kept;
  listen([&](HttpRequest, std::unique_ptr<Responder> responder) {
    responder->start(200, {{"Content-Type", "text/event-stream"}});
    responder->write("one");
    kept = std::move(responder);
  });
  HttpClient client(loop, url());
  Answer answer;
  const auto call = client.send({.method = "GET", .target = "/"}, {}, into(answer));
  wait([&] { return answer.body == "one"; });
  EXPECT_FALSE(answer.end);
  kept->write(std::string(100'000, 'x'));
  kept->finish();
  wait([&] { return answer.end.has_value(); });
  EXPECT_TRUE(*answer.end);
  EXPECT_EQ(answer.body.size(), 100'003u);
}

TEST_F(Http, CancellingIsSeenByTheServerAtOnce) {
  std::unique_ptr<Responder> kept;
  bool gone = false;
  listen([&](HttpRequest, std::unique_ptr<Responder> responder) {
    responder->on_disconnect([&] { gone = true; });
    kept = std::move(responder);
  });
  HttpClient client(loop, url());
  Answer answer;
  auto call = client.send({.method = "POST", .target = "/", .body = "x"}, {}, into(answer));
  wait([&] { return kept != nullptr; });
  call.reset();
  wait([&] { return gone; });
  EXPECT_FALSE(answer.end);
  EXPECT_FALSE(kept->write("x"));
}

TEST_F(Http, ACallMayDieInsideItsOwnCallbacks) {
  listen(echo);
  HttpClient client(loop, url());
  std::unique_ptr<HttpCall> call;
  bool data = false;
  HttpCallbacks callbacks;
  callbacks.on_data = [&](std::string_view) {
    data = true;
    call.reset();
  };
  callbacks.on_done = [&](Result<>) { FAIL() << "cancelled calls are silent"; };
  call = client.send({.method = "POST", .target = "/", .body = "abc"}, {}, std::move(callbacks));
  wait([&] { return data; });
}

TEST_F(Http, EveryWaitHasItsTimeout) {
  std::vector<std::unique_ptr<Responder>> kept;
  listen([&](HttpRequest request, std::unique_ptr<Responder> responder) {
    if (request.path() == "/drip") responder->start(200, {});
    kept.push_back(std::move(responder));
  });
  const HttpTimeouts timeouts{.first_byte = 50ms, .between = 60ms};
  const auto silent = ask({.method = "GET", .target = "/"}, timeouts);
  EXPECT_EQ(silent.end->error().code, ErrorCode::kTimeout);
  const auto drip = ask({.method = "GET", .target = "/drip"}, timeouts);
  EXPECT_EQ(drip.status, 200);
  EXPECT_EQ(drip.end->error().code, ErrorCode::kTimeout);
}

TEST_F(Http, RefusedAndCutConnectionsAreUnavailable) {
  listen([&](HttpRequest, std::unique_ptr<Responder> responder) {
    responder->start(200, {});
    responder->write("half");
    responder.reset();
  });
  const auto cut = ask({.method = "GET", .target = "/"});
  EXPECT_EQ(cut.end->error().code, ErrorCode::kUnavailable);
  HttpClient client(loop, url());
  server.reset();
  const auto refused = ask(client, {.method = "GET", .target = "/"});
  EXPECT_EQ(refused.end->error().code, ErrorCode::kUnreachable);
}

TEST_F(Http, AnUnansweredRequestGets500) {
  listen([](HttpRequest, std::unique_ptr<Responder>) {});
  EXPECT_EQ(ask({.method = "GET", .target = "/"}).status, 500);
}

TEST_F(Http, BadRequestsAreRefused) {
  HttpServerLimits limits{.header_bytes = 1000, .body_bytes = 100, .header_timeout = 100ms};
  listen(echo, limits);
  const auto status = [&](const std::string& bytes) { return raw(bytes).substr(0, 12); };
  EXPECT_EQ(status("nonsense\r\n\r\n"), "HTTP/1.1 400");
  EXPECT_EQ(status("GET / HTTP/1.1\r\nX: " + std::string(2000, 'x') + "\r\n\r\n"), "HTTP/1.1 431");
  EXPECT_EQ(status("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\n"), "HTTP/1.1 413");
  EXPECT_EQ(status("GET / HT"), "HTTP/1.1 408");
  EXPECT_EQ(status("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"), "HTTP/1.1 408");
  EXPECT_EQ(status("GET / HTTP/1.0\r\n\r\n"), "HTTP/1.1 200");
  wait([&] { return server->connections() == 0; });
}

TEST_F(Http, PipelinedRequestsAreAnsweredInOrder) {
  listen(echo);
  const std::string one = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::string two = "GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  const std::string out = raw(one + two);
  EXPECT_LT(out.find("X-Path: /a"), out.find("X-Path: /b"));
  EXPECT_NE(out.find("X-Path: /b"), std::string::npos);
}

TEST_F(Http, TooManyConnectionsGet503) {
  std::unique_ptr<Responder> kept;
  listen([&](HttpRequest, std::unique_ptr<Responder> r) { kept = std::move(r); },
         {.connections = 1});
  HttpClient client(loop, url());
  Answer first;
  const auto call = client.send({.method = "GET", .target = "/"}, {}, into(first));
  wait([&] { return kept != nullptr; });
  EXPECT_EQ(ask({.method = "GET", .target = "/"}).status, 503);
}

}  // namespace
}  // namespace eva::io
