#include "io/websocket.h"

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "io/http_server.h"
#include "io/testing.h"

namespace eva::io {
namespace {

namespace asio = boost::asio;
namespace ws = boost::beast::websocket;
using testing::kPatience;
using testing::LoopThread;

// The server runs on its own thread; the client is Beast's, blocking, in the test.
class WebSockets : public ::testing::Test {
 protected:
  void listen(const HttpServerLimits& limits) {
    HttpHandlers handlers;
    handlers.may_upgrade = [](const HttpRequest& request,
                              std::string& subprotocol) -> std::optional<HttpResponse> {
      if (request.path() == "/no") return HttpResponse{.status = 401, .headers = {}, .body = "no"};
      if (find_header(request.headers, "Sec-WebSocket-Protocol")) subprotocol = "realtime";
      return std::nullopt;
    };
    handlers.on_websocket = [this](EventLoop&, const HttpRequest& request,
                                   std::unique_ptr<WebSocket> socket) {
      open_ = std::move(socket);
      open_->start({.on_text = [this](std::string_view text) { on_text(text); },
                    .on_closed =
                        [this](std::uint16_t code, std::string_view reason) {
                          closed_.set_value(std::to_string(code) + " " + std::string(reason));
                        }});
      if (request.path() == "/greet") open_->send("hello");
    };
    thread_.call([&] {
      auto made = HttpServer::listen({&thread_.loop()}, *parse_listen_address("127.0.0.1:0"),
                                     limits, std::move(handlers));
      ASSERT_TRUE(made);
      server_ = std::move(*made);
    });
  }

  void on_text(std::string_view text) {
    if (text == "flood") {
      for (int i = 0; i < 100; ++i) {
        open_->send(std::string(100'000, 'x'));
        most_queued_ = std::max(most_queued_, open_->queued_bytes());
      }
    } else if (text == "trickle of nothing") {
      for (int i = 0; i < 1'000'000; ++i) open_->send("");
    } else if (text == "bye") {
      open_->send("last words");
      open_->close(1001, "going");
      open_->send("too late");
      open_->close(1000, "again");
    } else if (text == "drop") {
      open_.reset();
    } else if (text == "throw") {
      throw std::runtime_error("a handler failed");
    } else {
      open_->send(std::string(text));
    }
  }

  void TearDown() override {
    thread_.call([&] {
      open_.reset();
      server_.reset();
    });
    thread_.join();
  }

  std::string connect(const std::string& path = "/") {
    const auto colon = server_->address().rfind(':');
    const auto port = static_cast<std::uint16_t>(std::stoi(server_->address().substr(colon + 1)));
    client_.next_layer().connect({asio::ip::make_address("127.0.0.1"), port});
    boost::system::error_code error;
    client_.handshake(response_, "localhost", path, error);
    return error ? error.message() : "";
  }
  std::string receive() {
    boost::beast::flat_buffer buffer;
    boost::system::error_code error;
    client_.read(buffer, error);
    if (error == ws::error::closed) {
      return "closed " + std::to_string(client_.reason().code) + " " +
             std::string(client_.reason().reason.c_str());
    }
    return error ? error.message() : boost::beast::buffers_to_string(buffer.data());
  }
  void send(const std::string& text) { client_.write(asio::buffer(text)); }
  /// What the server's on_closed said.
  std::string closed() {
    auto said = closed_.get_future();
    return said.wait_for(kPatience) == std::future_status::ready ? said.get() : "not closed";
  }

  LoopThread thread_;
  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<WebSocket> open_;
  std::promise<std::string> closed_;
  std::size_t most_queued_ = 0;
  asio::io_context context_;
  ws::stream<asio::ip::tcp::socket> client_{context_};
  ws::response_type response_;
};

TEST_F(WebSockets, EchoAndClose) {
  listen({});
  ASSERT_EQ(connect("/greet"), "");
  EXPECT_EQ(receive(), "hello");
  send("one");
  EXPECT_EQ(receive(), "one");
  send("");
  EXPECT_EQ(receive(), "");
  const std::string large(1'000'000, 'x');
  send(large);
  EXPECT_EQ(receive(), large);
  send("bye");
  EXPECT_EQ(receive(), "last words");
  EXPECT_EQ(receive(), "closed 1001 going");
  EXPECT_EQ(closed(), "1001 going");
}

TEST_F(WebSockets, ThePeerMayClose) {
  listen({});
  ASSERT_EQ(connect(), "");
  client_.close(ws::close_reason(static_cast<ws::close_code>(4000), "done"));
  EXPECT_EQ(closed(), "4000 done");
}

TEST_F(WebSockets, APeerThatClosesButStaysConnectedIsNotWaitedFor) {
  listen({.close_timeout = 50ms});
  ASSERT_EQ(connect(), "");
  asio::write(client_.next_layer(), asio::buffer(std::string("\x88\x82\0\0\0\0\x03\xe8", 8)));
  EXPECT_EQ(closed(), "1000 ");
}

TEST_F(WebSockets, ThePeerMayCloseWithoutAReason) {
  listen({});
  ASSERT_EQ(connect(), "");
  client_.close(ws::close_reason());
  EXPECT_EQ(closed(), "1005 ");
}

TEST_F(WebSockets, APeerThatVanishesIsLost) {
  listen({});
  ASSERT_EQ(connect(), "");
  client_.next_layer().close();
  EXPECT_EQ(closed(), "1006 connection lost");
}

TEST_F(WebSockets, TheSubprotocolIsSelected) {
  listen({});
  client_.set_option(ws::stream_base::decorator([](ws::request_type& request) {
    request.set("Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.k");
  }));
  ASSERT_EQ(connect(), "");
  EXPECT_EQ(response_["Sec-WebSocket-Protocol"], "realtime");
}

TEST_F(WebSockets, AnUpgradeCanBeRefused) {
  listen({});
  EXPECT_NE(connect("/no"), "");
  EXPECT_EQ(response_.result_int(), 401u);
}

TEST_F(WebSockets, BinaryFramesAreRefused) {
  listen({});
  ASSERT_EQ(connect(), "");
  client_.binary(true);
  send("x");
  EXPECT_EQ(receive(), "closed 1003 only text frames are accepted");
  EXPECT_EQ(closed(), "1003 only text frames are accepted");
}

TEST_F(WebSockets, LargeMessagesAreRefused) {
  listen({.message_bytes = 1000});
  ASSERT_EQ(connect(), "");
  send(std::string(1000, 'x'));
  EXPECT_EQ(receive().size(), 1000u);
  send(std::string(1001, 'x'));
  EXPECT_EQ(receive(), "closed 1009 ");
  EXPECT_EQ(closed(), "1009 the message is too big");
}

TEST_F(WebSockets, BrokenTextIsRefused) {
  listen({});
  ASSERT_EQ(connect(), "");
  send("\xff\xfe");
  EXPECT_EQ(receive(), "closed 1007 ");
  EXPECT_EQ(closed(), "1007 the text is not UTF-8");
}

TEST_F(WebSockets, BrokenFramesAreRefused) {
  listen({});
  ASSERT_EQ(connect(), "");
  asio::write(client_.next_layer(), asio::buffer(std::string("\xf1\x80\0\0\0\0", 6)));
  EXPECT_EQ(receive(), "closed 1002 ");
  EXPECT_TRUE(closed().starts_with("1002 "));
}

TEST_F(WebSockets, AReaderThatDoesNotReadIsClosedAndMemoryStaysBounded) {
  listen({.outbox_bytes = 1 << 20, .close_timeout = 50ms});
  ASSERT_EQ(connect(), "");
  client_.next_layer().set_option(asio::socket_base::receive_buffer_size(4096));
  send("flood");
  EXPECT_EQ(closed(), "1013 outbox full: the client does not read fast enough");
  thread_.call([&] {
    EXPECT_LE(most_queued_, 1u << 20);
    EXPECT_EQ(open_->queued_bytes(), 0u);
    EXPECT_EQ(server_->connections(), 0u);
  });
}

TEST_F(WebSockets, EmptyMessagesFillTheOutboxToo) {
  listen({.outbox_bytes = 1 << 20, .close_timeout = 50ms});
  ASSERT_EQ(connect(), "");
  send("trickle of nothing");
  EXPECT_EQ(closed(), "1013 outbox full: the client does not read fast enough");
}

TEST_F(WebSockets, ACloseThatIsNotAnsweredIsForced) {
  listen({.close_timeout = 50ms});
  ASSERT_EQ(connect(), "");
  send("bye");
  EXPECT_EQ(closed(), "1001 going");  // though the client reads nothing
}

TEST_F(WebSockets, DroppingItFromItsOwnHandlerClosesTheConnection) {
  listen({});
  ASSERT_EQ(connect(), "");
  send("drop");
  EXPECT_FALSE(receive().starts_with("closed"));  // at once, without a handshake
  thread_.call([&] { EXPECT_EQ(server_->connections(), 0u); });
}

TEST_F(WebSockets, AHandlerThatThrowsEndsItsConnectionAlone) {
  listen({});
  ASSERT_EQ(connect(), "");
  send("throw");
  EXPECT_EQ(receive(), "closed 1011 internal error");  // said to the client, too
  EXPECT_EQ(closed(), "1011 internal error");
  thread_.call([&] { EXPECT_EQ(server_->connections(), 0u); });
}

TEST_F(WebSockets, ASilentPeerIsDropped) {
  listen({.ping_interval = 50ms});
  ASSERT_EQ(connect(), "");  // the client answers pings only while it reads: it does not
  EXPECT_EQ(closed(), "1006 no answer to pings");
}

TEST_F(WebSockets, APeerThatOnlyAnswersPingsIsKept) {
  listen({.ping_interval = 10ms});
  ASSERT_EQ(connect(), "");
  thread_.call([&] {
    EventLoop& loop = thread_.loop();
    loop.call_at(loop.now() + 100ms, [&] { open_->send("still here"); });
  });
  EXPECT_EQ(receive(), "still here");
}

}  // namespace
}  // namespace eva::io
