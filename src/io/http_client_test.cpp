// The client against scripted servers, plain and TLS. The pair of client and server is in
// http_test.cpp.
#include "io/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <latch>

#include "io/testing.h"

namespace eva::io {
namespace {

using ::testing::HasSubstr;
using testing::kPatience;
using testing::Peer;
using testing::ScriptedServer;
using ::testing::StartsWith;

struct Answer {
  int status = 0;
  Headers headers;
  std::string body;
  std::optional<Result<>> end;
};

class HttpClientTest : public ::testing::Test {
 protected:
  HttpCallbacks into(Answer& answer) {
    return {.on_head =
                [&](int status, const Headers& headers) {
                  answer.status = status;
                  answer.headers = headers;
                },
            .on_data = [&](std::string_view piece) { answer.body += piece; },
            .on_done = [&](Result<> result) { answer.end = std::move(result); }};
  }
  void wait(const std::function<bool()>& done) {
    bool is_late = false;
    const TimerId timer = loop_.call_at(loop_.now() + kPatience, [&] { is_late = true; });
    loop_.run_until([&] { return is_late || done(); });
    loop_.cancel(timer);
    EXPECT_FALSE(is_late);
  }
  Answer ask(HttpClient& client, HttpRequest request = {.method = "GET", .target = "/"},
             const HttpTimeouts& timeouts = {}) {
    Answer answer;
    const auto call = client.send(std::move(request), timeouts, into(answer));
    EXPECT_FALSE(answer.end);  // later, never inside
    wait([&] { return answer.end.has_value(); });
    return answer;
  }
  Answer ask(const std::string& url, HttpRequest request = {.method = "GET", .target = "/"},
             const HttpTimeouts& timeouts = {}) {
    HttpClient client(loop_, *parse_url(url));
    return ask(client, std::move(request), timeouts);
  }

  EventLoop loop_;
};

TEST_F(HttpClientTest, EveryFormOfBody) {
  struct Row {
    const char* what;
    std::string bytes;
    int status;
    const char* body;
  };
  const Row rows[] = {
      {"length", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, "abc"},
      {"no body", "HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
      {"empty", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 404, ""},
      {"until the close", "HTTP/1.1 200 OK\r\n\r\nabc", 200, "abc"},
      {"nothing until the close", "HTTP/1.1 200 OK\r\n\r\n", 200, ""},
      {"HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nabc", 200, "abc"},
      {"chunks",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\nX-T: "
       "1\r\n\r\n",
       200, "abc"},
      {"interim answers",
       "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
       "HTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\nx",
       201, "x"},
      {"large head",
       "HTTP/1.1 200 OK\r\nX: " + std::string(60'000, 'x') + "\r\nContent-Length: 1\r\n\r\nx", 200,
       "x"},
      {"no reason", "HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\nx", 200, "x"},
  };
  for (const bool byte_by_byte : {false, true}) {
    for (const Row& row : rows) {
      if (byte_by_byte && row.bytes.size() > 1000) continue;
      ScriptedServer server([&](Peer& peer, int) {
        peer.receive_until("\r\n\r\n");
        if (!byte_by_byte) peer.send(row.bytes);
        for (std::size_t i = 0; byte_by_byte && i < row.bytes.size(); ++i) {
          peer.send({&row.bytes[i], 1});
        }
      });
      const Answer answer = ask(server.url());
      EXPECT_TRUE(*answer.end) << row.what << ": " << answer.end->error().detail;
      EXPECT_EQ(answer.status, row.status) << row.what;
      EXPECT_EQ(answer.body, row.body) << row.what;
    }
  }
}

TEST_F(HttpClientTest, BrokenAnswers) {
  struct Row {
    const char* what;
    std::string bytes;
    ErrorCode code;
  };
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  using enum ErrorCode;
  const Row rows[] = {
      {"nothing", "", kUnavailable},
      {"half a head", "HTTP/1.1 200 OK\r\nConte", kUnavailable},
      {"half a body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", kUnavailable},
      {"half a chunk", chunked + "10\r\nabc", kUnavailable},
      {"no last chunk", chunked + "3\r\nabc\r\n", kUnavailable},
      {"only interim", "HTTP/1.1 100 Continue\r\n\r\n", kUnavailable},
      {"no HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n", kProtocol},
      {"bad status", "HTTP/1.1 2x0 OK\r\n\r\n", kProtocol},
      {"bad header", "HTTP/1.1 200 OK\r\nbroken\r\n\r\n", kProtocol},
      {"bad chunk", chunked + "xyz\r\n", kProtocol},
      {"upgrade", "HTTP/1.1 101 Switching Protocols\r\n\r\n", kProtocol},
      {"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
       kProtocol},
      {"endless head", "HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x'), kProtocol},
      {"endless chunk header", chunked + "1;" + std::string(140'000, 'x'), kProtocol},
  };
  for (const Row& row : rows) {
    ScriptedServer server([&](Peer& peer, int) {
      peer.receive_until("\r\n\r\n");
      peer.send(row.bytes);
    });
    const Answer answer = ask(server.url());
    ASSERT_FALSE(*answer.end) << row.what;
    EXPECT_EQ(answer.end->error().code, row.code) << row.what << ": " << answer.end->error().detail;
    EXPECT_THAT(answer.end->error().detail, HasSubstr("127.0.0.1:")) << row.what;
  }
}

TEST_F(HttpClientTest, TheRequestIsWrittenAsAsked) {
  std::promise<std::string> request;
  ScriptedServer server([&](Peer& peer, int) {
    request.set_value(peer.receive_until("body"));
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  ask(server.url() + "/base/", {.method = "POST",
                                .target = "/chat?x=1",
                                .headers = {{"Authorization", "Bearer k"}},
                                .body = "body"});
  const std::string seen = request.get_future().get();
  EXPECT_THAT(seen, StartsWith("POST /base/chat?x=1 HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() +
                               "\r\nUser-Agent: eva/"));
  EXPECT_THAT(seen, HasSubstr("\r\nAuthorization: Bearer k\r\nContent-Length: 4\r\n\r\nbody"));
}

TEST_F(HttpClientTest, LineBreaksInTheHeadAreRefused) {
  HttpClient client(loop_, *parse_url("http://127.0.0.1:1"));
  const HttpRequest bad[] = {
      {.method = "GET", .target = "/", .headers = {{"Authorization", "Bearer key\n"}}},
      {.method = "GET", .target = "/", .headers = {{"A\r\nB", "x"}}},
      {.method = "GET", .target = "/\r\nX: y"},
      {.method = "GET", .target = "/a b"},
      {.method = "GET\n", .target = "/"},
  };
  for (const HttpRequest& request : bad) {
    EXPECT_EQ(ask(client, request).end->error().code, ErrorCode::kBadInput);
  }
}

TEST_F(HttpClientTest, PiecesAreHandedOutAsTheyCome) {
  std::latch seen_first(1);
  ScriptedServer server([&](Peer& peer, int) {
    peer.receive_until("\r\n\r\n");
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\none");
    seen_first.wait();
    peer.send("two");
  });
  HttpClient client(loop_, *parse_url(server.url()));
  Answer answer;
  const auto call = client.send({.method = "GET", .target = "/"}, {}, into(answer));
  wait([&] { return answer.body == "one"; });
  EXPECT_EQ(answer.status, 200);
  seen_first.count_down();
  wait([&] { return answer.end.has_value(); });
  EXPECT_EQ(answer.body, "onetwo");
}

const char* const kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

TEST_F(HttpClientTest, AKeptConnectionThatDiesIsRepeatedOnce) {
  std::atomic<int> connections = 0;
  ScriptedServer server([&](Peer& peer, int number) {
    connections = number + 1;
    peer.receive_until("\r\n\r\n");
    if (number == 2) return;  // the fresh connection of the third request dies as well
    peer.send(kOk);
    peer.receive_until("\r\n\r\n");  // the second request of this connection gets no answer
  });
  HttpClient client(loop_, *parse_url(server.url()));
  EXPECT_TRUE(*ask(client).end);
  const Answer repeated = ask(client, {.method = "POST", .target = "/", .body = "x"});
  EXPECT_TRUE(*repeated.end);
  EXPECT_EQ(repeated.body, "ok");
  EXPECT_EQ(ask(client).end->error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(connections, 3);
}

TEST_F(HttpClientTest, AConnectionThatTheServerClosedOrSpoiledIsNotUsedAgain) {
  for (const char* extra : {"", "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nspoiled"}) {
    std::atomic<int> connections = 0;
    ScriptedServer server([&](Peer& peer, int number) {
      connections = number + 1;
      peer.receive_until("\r\n\r\n");
      peer.send(std::string(kOk) + extra);
    });
    HttpClient client(loop_, *parse_url(server.url()));
    EXPECT_EQ(ask(client).body, "ok");
    EXPECT_EQ(ask(client).body, "ok");
    EXPECT_EQ(connections, 2);
  }
}

TEST_F(HttpClientTest, AnEarlyAnswerCountsThoughTheBodyIsNotSent) {
  std::latch answered(1);
  ScriptedServer server([&](Peer& peer, int) {
    peer.receive_until("\r\n\r\n");
    peer.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n");
    answered.wait();
  });
  const Answer answer =
      ask(server.url(), {.method = "POST", .target = "/", .body = std::string(30 << 20, 'x')});
  answered.count_down();
  EXPECT_TRUE(*answer.end);
  EXPECT_EQ(answer.status, 413);
}

TEST_F(HttpClientTest, EachTimeoutSaysWhichItIs) {
  std::latch done(1);
  ScriptedServer silent([&](Peer& peer, int) {
    if (peer.receive(1) == "G") peer.receive_until("\r\n\r\n");
    if (done.try_wait()) return;
    done.wait();
  });
  const HttpTimeouts short_ones{.connect = 30ms, .first_byte = 30ms, .between = 30ms};
  const auto first = ask(silent.url(), {.method = "GET", .target = "/"}, short_ones);
  ASSERT_FALSE(*first.end);
  EXPECT_EQ(first.end->error().code, ErrorCode::kTimeout);
  EXPECT_THAT(first.end->error().detail, HasSubstr("no answer within 30 ms"));
  // TCP connects (the kernel accepts), the TLS handshake never comes.
  const auto connect =
      ask("https://127.0.0.1:" + silent.port(), {.method = "GET", .target = "/"}, short_ones);
  ASSERT_FALSE(*connect.end);
  EXPECT_EQ(connect.end->error().code, ErrorCode::kTimeout);
  EXPECT_THAT(connect.end->error().detail, HasSubstr("no connection within 30 ms"));
  done.count_down();

  std::latch over(1);
  ScriptedServer stalling([&](Peer& peer, int) {
    peer.receive_until("\r\n\r\n");
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
    over.wait();
  });
  const auto between = ask(stalling.url(), {.method = "GET", .target = "/"}, short_ones);
  over.count_down();
  ASSERT_FALSE(*between.end);
  EXPECT_EQ(between.end->error().code, ErrorCode::kTimeout);
  EXPECT_THAT(between.end->error().detail, HasSubstr("no further data within 30 ms"));
  EXPECT_EQ(between.body, "abc");
}

TEST_F(HttpClientTest, ACallbackThatThrowsEndsTheCall) {
  ScriptedServer server([](Peer& peer, int) {
    peer.receive_until("\r\n\r\n");
    peer.send(kOk);
    peer.receive_all();
  });
  HttpClient client(loop_, *parse_url(server.url()));
  Answer answer;
  HttpCallbacks callbacks = into(answer);
  callbacks.on_data = [](std::string_view) { throw std::runtime_error("a callback failed"); };
  const auto call = client.send({.method = "GET", .target = "/"}, {}, std::move(callbacks));
  wait([&] { return answer.end.has_value(); });
  EXPECT_EQ(answer.end->error().code, ErrorCode::kInternal);
}

TEST_F(HttpClientTest, TheClientCancelsItsCalls) {
  std::promise<std::string> rest;
  ScriptedServer server([&](Peer& peer, int number) {
    if (number > 0) return;
    peer.receive_until("\r\n\r\n");
    rest.set_value(peer.receive_all());  // ends when the client closes
  });
  auto client = std::make_optional<HttpClient>(loop_, *parse_url(server.url()));
  HttpCallbacks silent;
  silent.on_done = [](Result<>) { FAIL() << "cancelled calls are silent"; };
  const auto call = client->send({.method = "GET", .target = "/"}, {}, std::move(silent));
  bool is_connected = false;
  loop_.call_at(loop_.now() + 20ms, [&] { is_connected = true; });
  wait([&] { return is_connected; });
  client.reset();
  auto end = rest.get_future();
  EXPECT_EQ(end.wait_for(kPatience), std::future_status::ready);
}

TEST_F(HttpClientTest, AMissingUnixSocketIsNamed) {
  const auto answer = ask("unix:/nonexistent/eva.sock");
  ASSERT_FALSE(*answer.end);
  EXPECT_EQ(answer.end->error().code, ErrorCode::kUnreachable);
  EXPECT_EQ(answer.end->error().detail,
            "cannot connect to unix:/nonexistent/eva.sock: No such file or directory");
}

// ---- TLS ----

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;

/// A certificate for `name`; its own issuer unless there is one.
Certificate make_certificate(const char* name, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  static int serial = 0;
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  X509* by = issuer ? issuer : certificate.get();
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(by));
  const auto extend = [&](int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, by, certificate.get(), nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    X509_add_ext(certificate.get(), extension, -1);
    X509_EXTENSION_free(extension);
  };
  if (issuer) {
    extend(NID_subject_alt_name, std::string("DNS:") + name);
  } else {
    extend(NID_basic_constraints, "critical,CA:TRUE");
  }
  X509_sign(certificate.get(), issuer_key, EVP_sha256());
  return certificate;
}

/// A server with a certificate for "localhost" by an authority of its own.
class TlsServer {
 public:
  using Script = std::function<void(SSL*)>;

  explicit TlsServer(Script script)
      : authority_key_(EVP_EC_gen("P-256")),
        authority_(
            make_certificate("Test CA", authority_key_.get(), nullptr, authority_key_.get())),
        key_(EVP_EC_gen("P-256")),
        certificate_(
            make_certificate("localhost", key_.get(), authority_.get(), authority_key_.get())),
        context_(SSL_CTX_new(TLS_server_method())),
        server_([this, script = std::move(script)](Peer& peer, int) {
          const std::unique_ptr<SSL, Freer<SSL_free>> ssl(SSL_new(context_.get()));
          SSL_set_fd(ssl.get(), peer.fd());
          if (SSL_accept(ssl.get()) == 1) script(ssl.get());
        }) {
    std::signal(SIGPIPE, SIG_IGN);  // SSL_write() to a client that has gone
    SSL_CTX_use_certificate(context_.get(), certificate_.get());
    SSL_CTX_use_PrivateKey(context_.get(), key_.get());
  }

  std::string url(const std::string& host) const {
    return "https://" + host + ":" + server_.port();
  }

  /// Clients made while this lives trust the server's authority.
  class Trust {
   public:
    explicit Trust(const TlsServer& server) : path_(::testing::TempDir() + "eva-io-ca.pem") {
      FILE* file = std::fopen(path_.c_str(), "w");
      PEM_write_X509(file, server.authority_.get());
      std::fclose(file);
      setenv("SSL_CERT_FILE", path_.c_str(), 1);
    }
    ~Trust() {
      unsetenv("SSL_CERT_FILE");
      std::remove(path_.c_str());
    }
    Trust(const Trust&) = delete;
    Trust& operator=(const Trust&) = delete;

   private:
    std::string path_;
  };

 private:
  Key authority_key_;
  Certificate authority_;
  Key key_;
  Certificate certificate_;
  std::unique_ptr<SSL_CTX, Freer<SSL_CTX_free>> context_;
  ScriptedServer server_;
};

void read_request(SSL* ssl) {
  std::string request;
  char c = 0;
  while (!request.ends_with("\r\n\r\n") && SSL_read(ssl, &c, 1) == 1) request += c;
}

void write_all(SSL* ssl, const std::string& bytes) {
  if (!bytes.empty()) SSL_write(ssl, bytes.data(), static_cast<int>(bytes.size()));
}

TEST_F(HttpClientTest, TlsChecksTheAuthorityAndTheHost) {
  std::atomic<int> served = 0;
  TlsServer server([&](SSL* ssl) {
    const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    EXPECT_STREQ(name, "localhost");
    read_request(ssl);
    ++served;
    write_all(ssl, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret");
  });
  {
    const TlsServer::Trust trust(server);
    const Answer good = ask(server.url("localhost"));
    EXPECT_TRUE(*good.end) << good.end->error().detail;
    EXPECT_EQ(good.body, "secret");
    const Answer wrong_host = ask(server.url("127.0.0.1"));
    ASSERT_FALSE(*wrong_host.end);
    EXPECT_EQ(wrong_host.end->error().code, ErrorCode::kUnreachable);
    EXPECT_THAT(wrong_host.end->error().detail, HasSubstr("certificate verify failed"));
  }
  const Answer untrusted = ask(server.url("localhost"));
  ASSERT_FALSE(*untrusted.end);
  EXPECT_EQ(untrusted.end->error().code, ErrorCode::kUnreachable);
  EXPECT_THAT(untrusted.end->error().detail, HasSubstr("unable to get local issuer certificate"));
  EXPECT_EQ(served, 1);
}

TEST_F(HttpClientTest, TlsAgainstAPlainServerIsUnavailable) {
  ScriptedServer server([](Peer& peer, int) {
    peer.receive();
    peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  const Answer answer = ask("https://127.0.0.1:" + server.port());
  ASSERT_FALSE(*answer.end);
  EXPECT_EQ(answer.end->error().code, ErrorCode::kUnreachable);
}

TEST_F(HttpClientTest, ATlsCallCanBeCancelledAtAnyPoint) {
  std::atomic<int> closed = 0;
  TlsServer server([&](SSL* ssl) {
    read_request(ssl);
    write_all(ssl, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nsome");
    char c = 0;
    while (SSL_read(ssl, &c, 1) == 1) {
    }
    ++closed;
  });
  const TlsServer::Trust trust(server);
  HttpClient client(loop_, *parse_url(server.url("localhost")));
  // In mid-body, with a read pending on the TLS stream.
  Answer answer;
  auto call = client.send({.method = "GET", .target = "/"}, {}, into(answer));
  wait([&] { return answer.body == "some"; });
  call.reset();
  // At every step of the connection: after 0, 1, 2, … handlers of the loop.
  for (int steps = 0; steps < 30; ++steps) {
    Answer cut;
    auto early = client.send({.method = "POST", .target = "/", .body = std::string(100'000, 'x')},
                             {}, into(cut));
    int left = steps;
    wait([&] { return left-- == 0 || cut.body == "some"; });
    early.reset();
    EXPECT_FALSE(cut.end);
  }
  // The loop is still well.
  bool is_done = false;
  loop_.call_at(loop_.now() + 1ms, [&] { is_done = true; });
  wait([&] { return is_done; });
  EXPECT_GE(closed, 1);
}

TEST_F(HttpClientTest, ATlsBodyWithoutAnEndIsNotTakenForWhole) {
  for (const bool says_goodbye : {true, false}) {
    TlsServer server([&](SSL* ssl) {
      read_request(ssl);
      write_all(ssl, "HTTP/1.1 200 OK\r\n\r\nabc");
      if (says_goodbye) SSL_shutdown(ssl);
    });
    const TlsServer::Trust trust(server);
    const Answer answer = ask(server.url("localhost"));
    EXPECT_EQ(answer.body, "abc");
    EXPECT_EQ(answer.end->has_value(), says_goodbye);
  }
}

}  // namespace
}  // namespace eva::io
