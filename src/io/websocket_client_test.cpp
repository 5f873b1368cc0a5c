// The client against the server of this folder, and against peers that are none.
#include "io/websocket_client.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <optional>

#include "io/http_server.h"
#include "io/testing.h"

namespace eva::io {
namespace {

class WebSocketClients : public ::testing::Test {
 protected:
  /// Echoes what it gets; says "bye" and closes when it hears "close".
  void serve(const std::string& address) {
    HttpHandlers handlers;
    handlers.on_request = [](EventLoop&, const HttpRequest&, std::unique_ptr<Responder> responder) {
      responder->respond({.status = 404, .headers = {}, .body = "no such route"});
    };
    handlers.may_upgrade = [this](const HttpRequest& request,
                                  std::string&) -> std::optional<HttpResponse> {
      key_ = find_header(request.headers, "Authorization").value_or("");
      target_ = request.target;
      if (refusal_ == 0) return std::nullopt;
      return HttpResponse{.status = refusal_, .headers = {}, .body = "no"};
    };
    handlers.on_websocket = [this](EventLoop&, const HttpRequest&,
                                   std::unique_ptr<WebSocket> socket) {
      peer_ = std::move(socket);
      peer_->start({.on_text =
                        [this](std::string_view text) {
                          if (text == "close") return peer_->close(1001, "bye");
                          peer_->send(std::string(text));
                        },
                    .on_closed = [this](std::uint16_t, std::string_view) { peer_gone_ = true; }});
    };
    auto server =
        HttpServer::listen({&loop_}, *parse_listen_address(address), {}, std::move(handlers));
    ASSERT_TRUE(server) << server.error().detail;
    server_ = std::move(*server);
  }
  Url url() const {
    return *parse_url(server_->address().starts_with("unix:")
                          ? server_->address()
                          : "http://" + server_->address() + "/v1");
  }
  void connect(WebSocketClient& client, const WebSocketClientLimits& limits = {},
               const Headers& headers = {}) {
    attempt_ = client.connect(
        "/realtime?x=1", headers, limits,
        {.on_open =
             [this](std::unique_ptr<WebSocket> socket) {
               socket_ = std::move(socket);
               socket_->start({.on_text = [this](std::string_view text) { heard_ += text; },
                               .on_closed =
                                   [this](std::uint16_t code, std::string_view reason) {
                                     closed_ = std::to_string(code) + " " + std::string(reason);
                                   }});
             },
         .on_failed = [this](Error error) { error_ = std::move(error); }});
  }
  void wait(const std::function<bool()>& done) {
    bool late = false;
    const TimerId timer = loop_.call_at(loop_.now() + testing::kPatience, [&] { late = true; });
    loop_.run_until([&] { return late || done(); });
    loop_.cancel(timer);
    EXPECT_FALSE(late);
  }

  EventLoop loop_;
  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<WebSocket> peer_;
  std::unique_ptr<WebSocketAttempt> attempt_;
  std::unique_ptr<WebSocket> socket_;
  std::string key_, target_, heard_, closed_;
  std::optional<Error> error_;
  int refusal_ = 0;
  bool peer_gone_ = false;
};

TEST_F(WebSocketClients, TalksOverTcpAndUnix) {
  const std::string socket = ::testing::TempDir() + "eva-ws-" + std::to_string(getpid()) + ".sock";
  for (const std::string& address : {std::string("127.0.0.1:0"), "unix:" + socket}) {
    serve(address);
    WebSocketClient client(loop_, url());
    connect(client, {}, {{"Authorization", "Bearer k"}});
    wait([&] { return socket_ != nullptr; });
    EXPECT_EQ(key_, "Bearer k");
    EXPECT_EQ(target_, "/v1/realtime?x=1");
    heard_.clear();
    socket_->send("one ");
    socket_->send(std::string(200'000, 'x'));
    wait([&] { return heard_.size() == 200'004; });
    socket_->send("close");
    wait([&] { return !closed_.empty(); });
    EXPECT_EQ(closed_, "1001 bye");
    socket_.reset();
    closed_.clear();
  }
}

TEST_F(WebSocketClients, DestroyingTheSocketTellsThePeer) {
  serve("127.0.0.1:0");
  WebSocketClient client(loop_, url());
  connect(client);
  wait([&] { return socket_ != nullptr; });
  socket_.reset();
  wait([&] { return peer_gone_; });
}

TEST_F(WebSocketClients, ARefusalIsAnErrorThatSaysWhich) {
  serve("127.0.0.1:0");
  WebSocketClient client(loop_, url());
  for (const auto& [status, code] : {std::pair{404, ErrorCode::kNotFound},
                                     {401, ErrorCode::kUnauthorized},
                                     {503, ErrorCode::kUnavailable},
                                     {500, ErrorCode::kProtocol}}) {
    refusal_ = status;
    error_.reset();
    connect(client);
    wait([&] { return error_.has_value(); });
    EXPECT_EQ(error_->code, code) << status;
  }
  EXPECT_FALSE(socket_);
}

TEST_F(WebSocketClients, NobodyThereOrSomebodyElse) {
  WebSocketClient nobody(loop_, *parse_url("http://127.0.0.1:1/v1"));
  connect(nobody);
  wait([&] { return error_.has_value(); });
  EXPECT_EQ(error_->code, ErrorCode::kUnreachable);

  testing::ScriptedServer other([](testing::Peer& peer, int) {
    peer.receive_until("\r\n\r\n");
    peer.send("SSH-2.0-nothing\r\n\r\n");
  });
  error_.reset();
  WebSocketClient confused(loop_, *parse_url(other.url()));
  connect(confused);
  wait([&] { return error_.has_value(); });
  EXPECT_EQ(error_->code, ErrorCode::kProtocol);
}

TEST_F(WebSocketClients, AServerThatDoesNotAnswerIsLeftInTime) {
  testing::ScriptedServer silent([](testing::Peer& peer, int) { peer.receive_all(); });
  WebSocketClient client(loop_, *parse_url(silent.url()));
  connect(client, {.connect = 50ms});
  wait([&] { return error_.has_value(); });
  EXPECT_EQ(error_->code, ErrorCode::kTimeout);
}

TEST_F(WebSocketClients, AnAttemptThatIsGivenUpSaysNothing) {
  serve("127.0.0.1:0");
  {
    WebSocketClient client(loop_, url());
    connect(client);
    attempt_.reset();
  }
  bool over = false;
  loop_.call_at(loop_.now() + 50ms, [&] { over = true; });
  wait([&] { return over; });
  EXPECT_FALSE(socket_);
  EXPECT_FALSE(error_);
}

TEST_F(WebSocketClients, ALineBreakInAHeaderIsRefused) {
  WebSocketClient client(loop_, *parse_url("http://127.0.0.1:1/v1"));
  connect(client, {}, {{"Authorization", "Bearer a\r\nX: y"}});
  wait([&] { return error_.has_value(); });
  EXPECT_EQ(error_->code, ErrorCode::kBadInput);
}

TEST_F(WebSocketClients, AMessageOverTheLimitEndsTheSocket) {
  serve("127.0.0.1:0");
  WebSocketClient client(loop_, url());
  connect(client, {.message_bytes = 1000});
  wait([&] { return socket_ != nullptr; });
  socket_->send(std::string(2000, 'x'));
  wait([&] { return !closed_.empty(); });
  EXPECT_TRUE(closed_.starts_with("1009")) << closed_;
}

}  // namespace
}  // namespace eva::io
