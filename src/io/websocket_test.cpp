#include "io/websocket.h"

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <thread>

#include "io/http_server.h"

namespace eva::io {
namespace {

namespace asio = boost::asio;
namespace ws = boost::beast::websocket;

// The server runs on its own thread; the client is Beast's, blocking, in the test.
class WebSockets : public testing::Test {
 protected:
  void listen(HttpServerLimits limits) {
    HttpHandlers handlers;
    handlers.may_upgrade = [](const HttpRequest& request,
                              std::string& subprotocol) -> std::optional<HttpResponse> {
      if (request.path() == "/no") return HttpResponse{.status = 401, .headers = {}, .body = "no"};
      if (find_header(request.headers, "Sec-WebSocket-Protocol")) subprotocol = "realtime";
      return std::nullopt;
    };
    handlers.on_websocket = [this](EventLoop&, const HttpRequest& request,
                                   std::unique_ptr<WebSocket> socket) {
      open = std::move(socket);
      WebSocketHandlers events;
      events.on_text = [this](std::string_view text) {
        if (text == "flood") {
          for (int i = 0; i < 100; ++i) open->send(std::string(100'000, 'x'));
        } else if (text == "bye") {
          open->close(1001, "going");
        } else if (text == "drop") {
          open.reset();
        } else {
          open->send(std::string(text));
        }
      };
      events.on_closed = [this](std::uint16_t code, std::string_view) { closed = code; };
      open->start(std::move(events));
      if (request.path() == "/greet") open->send("hello");
    };
    auto made = HttpServer::listen({&loop}, *parse_listen_address("127.0.0.1:0"), limits,
                                   std::move(handlers));
    ASSERT_TRUE(made);
    server = std::move(*made);
    thread = std::jthread([this] { loop.run(); });
  }
  ~WebSockets() override {
    loop.stop();
    if (thread.joinable()) thread.join();
    open.reset();
  }
  std::string connect(const std::string& path = "/") {
    const auto colon = server->address().rfind(':');
    client.next_layer().connect(
        {asio::ip::make_address("127.0.0.1"),
         static_cast<std::uint16_t>(std::stoi(server->address().substr(colon + 1)))});
    boost::system::error_code error;
    client.handshake(response, "localhost", path, error);
    return error ? error.message() : "";
  }
  std::string receive() {
    boost::beast::flat_buffer buffer;
    boost::system::error_code error;
    client.read(buffer, error);
    if (error == ws::error::closed) return "closed " + std::to_string(client.reason().code);
    return error ? error.message() : boost::beast::buffers_to_string(buffer.data());
  }
  void send(const std::string& text) { client.write(asio::buffer(text)); }

  EventLoop loop;
  std::unique_ptr<HttpServer> server;
  std::unique_ptr<WebSocket> open;
  std::atomic<int> closed = 0;
  asio::io_context context;
  ws::stream<asio::ip::tcp::socket> client{context};
  ws::response_type response;
  std::jthread thread;
};

TEST_F(WebSockets, EchoAndClose) {
  listen({});
  ASSERT_EQ(connect("/greet"), "");
  EXPECT_EQ(receive(), "hello");
  send("one");
  EXPECT_EQ(receive(), "one");
  send("bye");
  EXPECT_EQ(receive(), "closed 1001");
}

TEST_F(WebSockets, TheSubprotocolIsSelected) {
  listen({});
  client.set_option(ws::stream_base::decorator([](ws::request_type& request) {
    request.set("Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.k");
  }));
  ASSERT_EQ(connect(), "");
  EXPECT_EQ(response["Sec-WebSocket-Protocol"], "realtime");
}

TEST_F(WebSockets, AnUpgradeCanBeRefused) {
  listen({});
  EXPECT_NE(connect("/no"), "");
  EXPECT_EQ(response.result_int(), 401u);
}

TEST_F(WebSockets, BinaryFramesAndLargeMessagesAreRefused) {
  listen({.message_bytes = 1000});
  ASSERT_EQ(connect(), "");
  client.binary(true);
  send("x");
  EXPECT_EQ(receive(), "closed 1003");
}

TEST_F(WebSockets, LargeMessagesAreRefused) {
  listen({.message_bytes = 1000});
  ASSERT_EQ(connect(), "");
  send(std::string(1001, 'x'));
  EXPECT_EQ(receive(), "closed 1009");
}

TEST_F(WebSockets, BrokenTextIsRefused) {
  listen({});
  ASSERT_EQ(connect(), "");
  send("\xff\xfe");
  EXPECT_EQ(receive(), "closed 1007");
}

TEST_F(WebSockets, AReaderThatDoesNotReadIsClosed) {
  listen({.outbox_bytes = 1 << 20});
  ASSERT_EQ(connect(), "");
  send("flood");
  for (int i = 0; i < 400 && closed == 0; ++i) {  // at most the forced close's 2 s and some
    boost::asio::steady_timer(context, 10ms).wait();
  }
  EXPECT_EQ(closed, 1013);
}

TEST_F(WebSockets, DroppingItFromItsOwnHandlerClosesTheConnection) {
  listen({});
  ASSERT_EQ(connect(), "");
  send("drop");
  EXPECT_NE(receive(), "");
  EXPECT_EQ(closed, 0);
}

TEST_F(WebSockets, ASilentPeerIsDropped) {
  listen({.ping_interval = 50ms});
  ASSERT_EQ(connect(), "");  // the client answers pings only while it reads: it does not
  for (int i = 0; i < 300 && closed == 0; ++i) boost::asio::steady_timer(context, 10ms).wait();
  EXPECT_EQ(closed, 1006);
}

}  // namespace
}  // namespace eva::io
