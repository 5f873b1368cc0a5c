// The server against raw bytes. Its client's point of view is in http_test.cpp.
#include "io/http_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <set>

#include "io/testing.h"

namespace eva::io {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::kPatience;
using testing::LoopThread;
using ::testing::Not;
using testing::Peer;
using ::testing::StartsWith;

using Handle = std::function<void(HttpRequest, std::unique_ptr<Responder>)>;

class HttpServerTest : public ::testing::Test {
 protected:
  void listen(Handle handle, const HttpServerLimits& limits = {},
              const std::string& where = "127.0.0.1:0") {
    HttpHandlers handlers;
    handlers.on_request = [handle = std::move(handle)](EventLoop&, HttpRequest request,
                                                       std::unique_ptr<Responder> responder) {
      handle(std::move(request), std::move(responder));
    };
    listen(std::move(handlers), limits, where);
  }
  void listen(HttpHandlers handlers, const HttpServerLimits& limits = {},
              const std::string& where = "127.0.0.1:0") {
    thread_.call([&] {
      auto made = HttpServer::listen({&thread_.loop()}, *parse_listen_address(where), limits,
                                     std::move(handlers));
      ASSERT_TRUE(made) << made.error().detail;
      server_ = std::move(*made);
    });
  }
  void TearDown() override {
    thread_.call([&] { server_.reset(); });
    thread_.join();
  }
  Peer connect() { return Peer::connect_to(server_->address()); }
  /// Sends the bytes and returns all that comes back until the server closes.
  std::string exchange(std::string_view bytes) {
    Peer peer = connect();
    peer.send(bytes);
    return peer.receive_all();
  }
  /// Waits until a task has made `flag` true.
  static void expect_soon(std::promise<void>& event) {
    EXPECT_EQ(event.get_future().wait_for(kPatience), std::future_status::ready);
  }

  LoopThread thread_;
  std::unique_ptr<HttpServer> server_;
};

void echo(HttpRequest request, std::unique_ptr<Responder> responder) {
  responder->respond({200, {{"X-Target", request.target}}, request.method + ":" + request.body});
}

TEST_F(HttpServerTest, MalformedRequests) {
  struct Row {
    const char* what;
    std::string bytes;
    const char* status;
  };
  const std::string host = "Host: x\r\n";
  const Row rows[] = {
      {"no HTTP", "nonsense\r\n\r\n", "400"},
      {"no HTTP, one line", std::string(3000, 'x'), "431"},
      {"TLS", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15), "400"},
      {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"},
      {"bad version", "GET / HTTP/3.1\r\n" + host + "\r\n", "505"},
      {"unknown method", "BREW / HTTP/1.1\r\n" + host + "\r\n", "405"},
      {"CONNECT", "CONNECT x:80 HTTP/1.1\r\n" + host + "\r\n", "405"},
      {"no Host", "GET / HTTP/1.1\r\n\r\n", "400"},
      {"two Hosts", "GET / HTTP/1.1\r\n" + host + host + "\r\n", "400"},
      {"relative target", "GET x HTTP/1.1\r\n" + host + "\r\n", "400"},
      {"space in target", "GET /a b HTTP/1.1\r\n" + host + "\r\n", "505"},
      {"header without colon", "GET / HTTP/1.1\r\n" + host + "broken\r\n\r\n", "400"},
      {"space before colon", "GET / HTTP/1.1\r\n" + host + "a : b\r\n\r\n", "400"},
      {"control character", "GET / HTTP/1.1\r\n" + host + "a: \x01\r\n\r\n", "400"},
      {"long header", "GET / HTTP/1.1\r\n" + host + "a: " + std::string(2000, 'x') + "\r\n\r\n",
       "431"},
      {"many headers", "GET / HTTP/1.1\r\n" + host + std::string(2000, 'a'), "431"},
      {"bad length", "POST / HTTP/1.1\r\n" + host + "Content-Length: x\r\n\r\n", "400"},
      {"negative length", "POST / HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n", "400"},
      {"two lengths",
       "POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", "400"},
      {"length and chunks",
       "POST / HTTP/1.1\r\n" + host +
           "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       "400"},
      {"large body", "POST / HTTP/1.1\r\n" + host + "Content-Length: 101\r\n\r\n", "413"},
      {"large chunks",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n65\r\n" +
           std::string(101, 'x'),
       "413"},
      {"large sum of chunks",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n33\r\n" +
           std::string(51, 'x') + "\r\n33\r\n" + std::string(51, 'x') + "\r\n0\r\n\r\n",
       "413"},
      {"bad chunk", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
       "400"},
      {"endless chunk header",
       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n1;" +
           std::string(3000, 'x'),
       "400"},
      {"late head", "GET / HT", "408"},
      {"late body", "POST / HTTP/1.1\r\n" + host + "Content-Length: 10\r\n\r\nabc", "408"},
  };
  listen(echo, {.header_bytes = 1000, .body_bytes = 100, .header_timeout = 50ms});
  for (const Row& row : rows) {
    const std::string answer = exchange(row.bytes);
    EXPECT_THAT(answer, StartsWith(std::string("HTTP/1.1 ") + row.status)) << row.what;
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n")) << row.what;
    EXPECT_THAT(answer, HasSubstr("{\"error\":{\"message\":\"")) << row.what;
  }
}

TEST_F(HttpServerTest, UnusualButRightRequests) {
  struct Row {
    const char* what;
    std::string bytes;
    const char* body;
  };
  const std::string close = "Host: x\r\nConnection: close\r\n";
  const Row rows[] = {
      {"HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", "GET:"},
      {"absolute target", "GET http://x/y HTTP/1.1\r\n" + close + "\r\n", "GET:"},
      {"options of all", "OPTIONS * HTTP/1.1\r\n" + close + "\r\n", "OPTIONS:"},
      {"chunks",
       "POST / HTTP/1.1\r\n" + close +
           "Transfer-Encoding: chunked\r\n\r\n2;ext=1\r\nab\r\n1\r\nc\r\n0\r\nTrail: x\r\n\r\n",
       "POST:abc"},
      {"body at the limit",
       "PUT / HTTP/1.1\r\n" + close + "Content-Length: 100\r\n\r\n" + std::string(100, 'x'),
       "PUT:xxx"},
      {"HEAD", "HEAD / HTTP/1.1\r\n" + close + "\r\n",
       "Content-Length: 5\r\nConnection: close\r\n\r\n"},
  };
  listen(echo, {.body_bytes = 100});
  for (const Row& row : rows) {
    const std::string answer = exchange(row.bytes);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n")) << row.what;
    EXPECT_THAT(answer, HasSubstr(row.body)) << row.what;
  }
  EXPECT_THAT(exchange("HEAD / HTTP/1.1\r\n" + close + "\r\n"), EndsWith("\r\n\r\n"));
}

TEST_F(HttpServerTest, ARequestMayComeByteByByte) {
  listen(echo);
  Peer peer = connect();
  for (const char c : std::string("POST /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                                  "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")) {
    peer.send({&c, 1});
  }
  EXPECT_THAT(peer.receive_all(), EndsWith("POST:abc"));
}

TEST_F(HttpServerTest, SlowBytesDoNotProlongTheRequest) {
  listen(echo, {.header_timeout = 100ms});
  Peer peer = connect();
  const auto start = std::chrono::steady_clock::now();
  const timeval pace{.tv_sec = 0, .tv_usec = 20'000};  // a byte whenever 20 ms brought no answer
  setsockopt(peer.fd(), SOL_SOCKET, SO_RCVTIMEO, &pace, sizeof pace);
  std::string answer;
  while (answer.empty() && std::chrono::steady_clock::now() - start < kPatience) {
    peer.send("G");
    answer = peer.receive();
  }
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 408"));
}

TEST_F(HttpServerTest, AnIdleConnectionIsClosedInSilence) {
  listen(echo, {.header_timeout = 20ms, .idle_timeout = 20ms});
  EXPECT_EQ(exchange(""), "");
  Peer peer = connect();
  peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(peer.receive_all(), EndsWith("GET:"));  // closed though kept alive
}

TEST_F(HttpServerTest, WhoConnectsAndSaysNothingIsSentAwaySoonerThanAKeptConnection) {
  listen(echo, {.header_timeout = 20ms, .idle_timeout = 60s});
  EXPECT_EQ(exchange(""), "");
  Peer peer = connect();
  const std::string request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  peer.send(request);
  EXPECT_THAT(peer.receive_until("GET:"), EndsWith("GET:"));
  std::promise<void> later;
  thread_.call([&] {
    EventLoop& loop = thread_.loop();
    loop.call_at(loop.now() + 40ms, [&] { later.set_value(); });
  });
  expect_soon(later);
  peer.send(request);
  EXPECT_THAT(peer.receive_until("GET:"), EndsWith("GET:"));
}

TEST_F(HttpServerTest, WebSocketsAndPlainConnectionsHavePlacesOfTheirOwn) {
  std::vector<std::unique_ptr<WebSocket>> open;
  HttpHandlers handlers;
  handlers.on_request = [](EventLoop&, HttpRequest request, std::unique_ptr<Responder> responder) {
    echo(std::move(request), std::move(responder));
  };
  handlers.on_websocket = [&](EventLoop&, const HttpRequest&, std::unique_ptr<WebSocket> socket) {
    open.push_back(std::move(socket));
  };
  listen(std::move(handlers), {.connections = 3, .websockets = 1});
  const std::string upgrade =
      "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  const std::string get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  Peer first_idle = connect();
  Peer second_idle = connect();
  first_idle.send(get);
  second_idle.send(get);
  EXPECT_THAT(first_idle.receive_until("GET:"), EndsWith("GET:"));
  EXPECT_THAT(second_idle.receive_until("GET:"), EndsWith("GET:"));
  Peer caller = connect();
  caller.send(upgrade);
  EXPECT_THAT(caller.receive_until("\r\n\r\n"), StartsWith("HTTP/1.1 101"));
  // The call has left its plain place, and the one place for calls is taken.
  const std::string refused = exchange(upgrade);
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(refused, HasSubstr("\"code\":\"too_many_connections\""));
  for (std::size_t left = 2; left > 0;) {
    thread_.call([&] {
      open.clear();
      left = server_->connections() - 2;
    });
  }
  Peer next = connect();
  next.send(upgrade);
  EXPECT_THAT(next.receive_until("\r\n\r\n"), StartsWith("HTTP/1.1 101"));
  for (bool is_open = false; !is_open;) {  // the peer may see the answer a little before
    thread_.call([&] {
      is_open = !open.empty();
      open.clear();
    });
  }
}

TEST_F(HttpServerTest, ExpectContinueIsAnsweredBeforeTheBody) {
  listen(echo);
  Peer peer = connect();
  peer.send(
      "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n"
      "Connection: close\r\n\r\n");
  EXPECT_EQ(peer.receive_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  peer.send("hi");
  EXPECT_THAT(peer.receive_all(), EndsWith("POST:hi"));
  Peer large = connect();
  large.send(
      "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
      "Content-Length: 99999999999\r\n\r\n");
  EXPECT_THAT(large.receive_all(), StartsWith("HTTP/1.1 413"));
}

TEST_F(HttpServerTest, PipelinedRequestsAreHandledOneAtATime) {
  std::vector<std::unique_ptr<Responder>> waiting;
  std::promise<void> first;
  listen([&](HttpRequest, std::unique_ptr<Responder> responder) {
    waiting.push_back(std::move(responder));
    if (waiting.size() == 1) first.set_value();
  });
  Peer peer = connect();
  const std::string request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  peer.send(request + request + "junk\r\n\r\n");
  expect_soon(first);
  for (std::size_t i = 0; i < 2; ++i) {
    thread_.call([&] {
      ASSERT_EQ(waiting.size(), i + 1);
      waiting[i]->respond({200, {}, "answer"});
    });
    EXPECT_THAT(peer.receive_until("answer"), StartsWith("HTTP/1.1 200"));
    // The next request is taken up when the answer has left, which the peer may see a little
    // before.
    for (bool is_there = false; i == 0 && !is_there;) {
      thread_.call([&] { is_there = waiting.size() == 2; });
    }
  }
  EXPECT_THAT(peer.receive_all(), StartsWith("HTTP/1.1 400"));
  thread_.call([&] { waiting.clear(); });
}

TEST_F(HttpServerTest, AResponderThatOutlivesItsAnswerTouchesNoOther) {
  std::vector<std::unique_ptr<Responder>> kept;
  listen([&](HttpRequest, std::unique_ptr<Responder> responder) {
    if (kept.empty()) {
      responder->respond({200, {}, "first"});
    } else {
      kept.front()->respond({200, {}, "stale"});
      EXPECT_FALSE(kept.front()->write("stale"));
      kept.front()->on_disconnect([] { FAIL() << "its request was answered"; });
      kept.front().reset();
      responder->respond({200, {}, "second"});
    }
    kept.push_back(std::move(responder));
  });
  Peer peer = connect();
  peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(peer.receive_until("first"), EndsWith("first"));
  peer.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string second = peer.receive_all();
  EXPECT_THAT(second, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(second, EndsWith("second"));
  EXPECT_THAT(second, Not(HasSubstr("stale")));
  thread_.call([&] { kept.clear(); });
}

TEST_F(HttpServerTest, StreamsAreChunkedForHttp11AndCutFreeForHttp10) {
  listen([&](HttpRequest, std::unique_ptr<Responder> responder) {
    responder->start(200, {{"X-A", "1"}, {"X-Evil", "a\r\nX-B: 2"}});
    EXPECT_TRUE(responder->write(""));
    EXPECT_TRUE(responder->write("abc"));
    EXPECT_TRUE(responder->write("de"));
    responder->finish();
    EXPECT_FALSE(responder->write("late"));
  });
  const std::string close = "Host: x\r\nConnection: close\r\n\r\n";
  const std::string chunked = exchange("GET / HTTP/1.1\r\n" + close);
  EXPECT_THAT(chunked, HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_THAT(chunked, HasSubstr("X-A: 1\r\n"));
  EXPECT_THAT(chunked, Not(HasSubstr("X-B")));
  EXPECT_THAT(chunked, EndsWith("\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"));
  const std::string plain = exchange("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(plain, Not(HasSubstr("chunked")));
  EXPECT_THAT(plain, EndsWith("Connection: close\r\n\r\nabcde"));
  EXPECT_THAT(exchange("HEAD / HTTP/1.1\r\n" + close), EndsWith("Connection: close\r\n\r\n"));
}

TEST_F(HttpServerTest, APeerThatReadsNoStreamIsDisconnectedAndMemoryStaysBounded) {
  std::unique_ptr<Responder> kept;
  std::promise<void> gone;
  std::size_t most = 0;
  listen(
      [&](HttpRequest, std::unique_ptr<Responder> responder) {
        responder->start(200, {});
        kept = std::move(responder);
        kept->on_disconnect([&] { gone.set_value(); });
        const std::string piece(100'000, 'x');
        for (int i = 0; i < 1000 && kept->write(piece); ++i) {
          most = std::max(most, kept->queued_bytes());
        }
      },
      {.stream_bytes = 1 << 20});
  Peer peer = connect();
  peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  expect_soon(gone);
  EXPECT_GT(most, 900'000u);
  EXPECT_LE(most, (1u << 20) + 100'100u);
  thread_.call([&] { EXPECT_FALSE(kept->write("x")); });
  thread_.call([&] { kept.reset(); });
}

TEST_F(HttpServerTest, AnAnswerThatNobodyReadsEnds) {
  std::promise<void> arrived;
  listen(
      [&](HttpRequest, std::unique_ptr<Responder> responder) {
        responder->respond({200, {}, std::string(100 << 20, 'x')});
        arrived.set_value();
      },
      {.idle_timeout = 50ms});
  Peer peer = connect();
  peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  expect_soon(arrived);
  for (std::size_t open = 1; open > 0;) {
    thread_.call([&] { open = server_->connections(); });
  }
  EXPECT_LT(peer.receive_all().size(), 100u << 20);
}

TEST_F(HttpServerTest, APeerThatLeavesIsNoticedWhateverItHasPipelined) {
  std::unique_ptr<Responder> kept;
  std::promise<void> arrived;
  std::promise<void> gone;
  listen([&](HttpRequest, std::unique_ptr<Responder> responder) {
    kept = std::move(responder);
    kept->on_disconnect([&] { gone.set_value(); });
    arrived.set_value();
  });
  {
    Peer peer = connect();
    peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /next HTTP/1.1\r\n");
    expect_soon(arrived);
  }
  expect_soon(gone);
  thread_.call([&] {
    EXPECT_EQ(server_->connections(), 0u);
    kept.reset();
  });
}

TEST_F(HttpServerTest, ADroppedResponderIs500OrACut) {
  listen([](HttpRequest request, std::unique_ptr<Responder> responder) {
    if (request.path() == "/throw") throw std::runtime_error("a handler failed");
    if (request.path() == "/none") return;
    responder->start(200, {});
    responder->write("abc");
  });
  const std::string rest = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  EXPECT_THAT(exchange("GET /none" + rest), StartsWith("HTTP/1.1 500"));
  EXPECT_THAT(exchange("GET /throw" + rest), StartsWith("HTTP/1.1 500"));
  EXPECT_THAT(exchange("GET /cut" + rest), Not(HasSubstr("0\r\n\r\n")));
}

TEST_F(HttpServerTest, AfterAHandlerFailedTheConnectionServesOn) {
  listen([](HttpRequest request, std::unique_ptr<Responder> responder) {
    if (request.path() == "/throw") throw std::runtime_error("a handler failed");
    echo(std::move(request), std::move(responder));
  });
  Peer peer = connect();
  peer.send("GET /throw HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(peer.receive_until("}}"), StartsWith("HTTP/1.1 500"));
  peer.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(peer.receive_all(), EndsWith("GET:"));
}

TEST_F(HttpServerTest, BadUpgradesAreRefused) {
  HttpHandlers handlers;
  handlers.on_request = [](EventLoop&, HttpRequest request, std::unique_ptr<Responder> responder) {
    echo(std::move(request), std::move(responder));
  };
  handlers.on_websocket = [](EventLoop&, const HttpRequest&, std::unique_ptr<WebSocket>) {};
  listen(std::move(handlers));
  const std::string start =
      "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n";
  const std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  const std::string version = "Sec-WebSocket-Version: 13\r\n";
  EXPECT_THAT(exchange(start + key + "\r\n"), HasSubstr("Sec-WebSocket-Version: 13\r\n"));
  EXPECT_THAT(exchange(start + version + "\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(exchange(start + key + version + "\r\nearly"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(exchange(start + key + version + "\r\n"),  // then closed: nobody kept the WebSocket
              StartsWith("HTTP/1.1 101 Switching Protocols\r\n"));
  EXPECT_THAT(exchange("POST / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
                       "Connection: Upgrade, close\r\nContent-Length: 0\r\n\r\n"),
              EndsWith("POST:"));
}

TEST_F(HttpServerTest, WebSocketsWorkOverUnixSockets) {
  const std::string path = ::testing::TempDir() + "eva-io-ws.sock";
  HttpHandlers handlers;
  std::unique_ptr<WebSocket> open;
  std::promise<std::uint16_t> closed;
  handlers.on_websocket = [&](EventLoop&, const HttpRequest& request,
                              std::unique_ptr<WebSocket> websocket) {
    EXPECT_EQ(request.remote, "unix");
    open = std::move(websocket);
    open->start(
        {.on_text = [&](std::string_view text) { open->send(std::string(text)); },
         .on_closed = [&](std::uint16_t code, std::string_view) { closed.set_value(code); }});
  };
  listen(std::move(handlers), {.close_timeout = 50ms}, "unix:" + path);
  Peer peer = connect();
  peer.send(
      "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
  // The key and its answer are the example of RFC 6455, 1.3.
  EXPECT_THAT(peer.receive_until("\r\n\r\n"), HasSubstr("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
  peer.send(std::string("\x81\x82\0\0\0\0hi", 8));
  EXPECT_EQ(peer.receive_until("hi"), "\x81\x02hi");
  peer.send(std::string("\x88\x82\0\0\0\0\x03\xe8", 8));
  EXPECT_EQ(peer.receive_all(), "\x88\x02\x03\xe8");
  auto code = closed.get_future();
  ASSERT_EQ(code.wait_for(kPatience), std::future_status::ready);
  EXPECT_EQ(code.get(), 1000);
  thread_.call([&] { open.reset(); });
}

TEST_F(HttpServerTest, OutOfFilesItWaitsAndGoesOn) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "UBSan's look at a type needs a descriptor itself";
#endif
  listen(echo);
  // The client's socket comes first; then every other descriptor is taken away.
  UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit lowered = before;
  lowered.rlim_cur = 256;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &lowered), 0);
  std::vector<UniqueFd> taken;
  while (true) {
    UniqueFd fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!fd) break;
    taken.push_back(std::move(fd));
  }
  sockaddr_storage name{};
  const std::string address = server_->address();
  auto& v4 = reinterpret_cast<sockaddr_in&>(name);
  v4.sin_family = AF_INET;
  v4.sin_port =
      htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::connect(socket.get(), reinterpret_cast<sockaddr*>(&name), sizeof v4), 0);
  Peer peer(std::move(socket));
  peer.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  // Two pauses later the server has tried again in vain, and has kept its loop free meanwhile.
  std::promise<void> later;
  thread_.call([&] {
    EventLoop& loop = thread_.loop();
    loop.call_at(loop.now() + 250ms, [&] { later.set_value(); });
  });
  expect_soon(later);
  EXPECT_EQ(server_->connections(), 0u);
  taken.clear();
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_THAT(peer.receive_all(), EndsWith("GET:"));
}

TEST_F(HttpServerTest, AddressesInUseAreExplained) {
  listen(echo);
  thread_.call([&] {
    const auto again =
        HttpServer::listen({&thread_.loop()}, *parse_listen_address(server_->address()), {}, {});
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::kIo);
    EXPECT_THAT(again.error().detail, HasSubstr("in use"));
    const auto foreign =
        HttpServer::listen({&thread_.loop()}, *parse_listen_address("192.0.2.1:0"), {}, {});
    ASSERT_FALSE(foreign);
    EXPECT_THAT(foreign.error().detail, HasSubstr("no network interface"));
  });
}

TEST_F(HttpServerTest, UnixSocketsArePrivateAndStaleOnesAreReplaced) {
  const std::string path = ::testing::TempDir() + "eva-io-stale.sock";
  const std::string where = "unix:" + path;
  std::filesystem::remove(path);
  ASSERT_TRUE(open_listener(*parse_listen_address(where)));  // and gone: the file stays
  ASSERT_TRUE(std::filesystem::exists(path));
  listen(echo, {}, where);
  struct stat info {};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  thread_.call([&] {
    const auto live = HttpServer::listen({&thread_.loop()}, *parse_listen_address(where), {}, {});
    ASSERT_FALSE(live);
    EXPECT_THAT(live.error().detail, HasSubstr("another server is using it"));
    server_->stop_accepting();
    EXPECT_FALSE(std::filesystem::exists(path));
    std::ofstream(path) << "precious";
    const auto file = HttpServer::listen({&thread_.loop()}, *parse_listen_address(where), {}, {});
    EXPECT_FALSE(file);
  });
  EXPECT_TRUE(std::filesystem::exists(path));
  std::filesystem::remove(path);
}

TEST(HttpServerLoops, ConnectionsAreSpreadOverTheLoops) {
  LoopThread first;
  LoopThread second;
  std::unique_ptr<HttpServer> server;
  HttpHandlers handlers;
  handlers.on_request = [&](EventLoop& loop, HttpRequest, std::unique_ptr<Responder> responder) {
    responder->respond({200, {}, &loop == &first.loop() ? "first" : "second"});
  };
  first.call([&] {
    server = *HttpServer::listen({&first.loop(), &second.loop()},
                                 *parse_listen_address("127.0.0.1:0"), {}, std::move(handlers));
  });
  std::multiset<std::string> seen;
  std::vector<Peer> peers;
  for (int i = 0; i < 4; ++i) {
    Peer& peer = peers.emplace_back(Peer::connect_to(server->address()));
    peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string answer = peer.receive_until("\r\n\r\n");
    seen.insert(peer.receive());
  }
  EXPECT_EQ(seen, (std::multiset<std::string>{"first", "first", "second", "second"}));
  EXPECT_EQ(server->connections(), 4u);
  first.join();
  second.join();
  server.reset();  // closes what is open
  for (Peer& peer : peers) EXPECT_EQ(peer.receive_all(), "");
}

}  // namespace
}  // namespace eva::io
