#include "io/url.h"

#include <gtest/gtest.h>

#include "io/http.h"

namespace eva::io {
namespace {

TEST(Url, RightOnes) {
  struct Row {
    const char* text;
    Url::Scheme scheme;
    const char* host;
    int port;
    const char* base_path;
    const char* authority;
  };
  using enum Url::Scheme;
  const Row rows[] = {
      {"http://localhost", kHttp, "localhost", 80, "", "localhost"},
      {"http://localhost:80/", kHttp, "localhost", 80, "", "localhost"},
      {"https://api.openai.com/v1", kHttps, "api.openai.com", 443, "/v1", "api.openai.com"},
      {"https://a-b.example:8443/x/v1//", kHttps, "a-b.example", 8443, "/x/v1", "a-b.example:8443"},
      {"http://127.0.0.1:8000/v1", kHttp, "127.0.0.1", 8000, "/v1", "127.0.0.1:8000"},
      {"http://[::1]:8000", kHttp, "::1", 8000, "", "[::1]:8000"},
      {"http://[fe80::1]/v1", kHttp, "fe80::1", 80, "/v1", "[fe80::1]"},
      {"http://my_host:65535", kHttp, "my_host", 65535, "", "my_host:65535"},
  };
  for (const Row& row : rows) {
    const auto url = parse_url(row.text);
    ASSERT_TRUE(url) << row.text << ": " << url.error().detail;
    EXPECT_EQ(url->scheme, row.scheme) << row.text;
    EXPECT_EQ(url->host, row.host) << row.text;
    EXPECT_EQ(url->port, row.port) << row.text;
    EXPECT_EQ(url->base_path, row.base_path) << row.text;
    EXPECT_EQ(url->authority(), row.authority) << row.text;
    EXPECT_EQ(url->where(), row.authority) << row.text;
  }
  const auto unix_url = parse_url("unix:/run/eva engine.sock");
  ASSERT_TRUE(unix_url);
  EXPECT_EQ(unix_url->scheme, kUnix);
  EXPECT_EQ(unix_url->socket_path, "/run/eva engine.sock");
  EXPECT_EQ(unix_url->base_path, "/v1");
  EXPECT_EQ(unix_url->authority(), "localhost");
  EXPECT_EQ(unix_url->where(), "unix:/run/eva engine.sock");
}

TEST(Url, WrongOnesAreExplained) {
  const std::pair<std::string, const char*> rows[] = {
      {"", "no known scheme"},
      {"localhost:8000", "no known scheme"},
      {"ftp://host", "no known scheme"},
      {"HTTP://host", "no known scheme"},
      {"http://", "host is missing"},
      {"http:///v1", "host is missing"},
      {"http://:80", "host is missing"},
      {"http://host:", "'' is no port"},
      {"http://host:0", "port 0"},
      {"http://host:65536", "'65536' is no port"},
      {"http://host:80x", "'80x' is no port"},
      {"http://host:-1", "'-1' is no port"},
      {"http://::1:80", "needs brackets"},
      {"http://[::1", "without ']'"},
      {"http://[::g]", "no IPv6 address"},
      {"http://[::1]80", "unexpected '80'"},
      {"http://key@host/", "before the host"},
      {"http://host/v1?x=1", "no '?' or '#'"},
      {"http://host#x", "no '?' or '#'"},
      {"http://ho st/", "space or a control"},
      {"http://host/\r\nX: y", "space or a control"},
      {"http://h\xc3\xb6st/", "control"},
      {"unix:", "path of the socket is missing"},
      {"unix:" + std::string(108, 'x'), "108 bytes, the most is 107"},
  };
  for (const auto& [text, why] : rows) {
    const auto url = parse_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().code, ErrorCode::kBadInput) << text;
    EXPECT_NE(url.error().detail.find(why), std::string::npos)
        << text << ": " << url.error().detail;
  }
}

TEST(ListenAddress, RightOnes) {
  struct Row {
    const char* text;
    const char* host;
    int port;
    bool loopback;
  };
  const Row rows[] = {
      {"127.0.0.1:8000", "127.0.0.1", 8000, true},
      {"127.1.2.3:0", "127.1.2.3", 0, true},
      {"localhost:8000", "localhost", 8000, true},
      {"[::1]:0", "::1", 0, true},
      {"0.0.0.0:80", "0.0.0.0", 80, false},
      {"[::]:80", "::", 80, false},
      {"example.org:80", "example.org", 80, false},
      {"127.example.org:80", "127.example.org", 80, false},
  };
  for (const Row& row : rows) {
    const auto address = parse_listen_address(row.text);
    ASSERT_TRUE(address) << row.text;
    EXPECT_EQ(address->host, row.host);
    EXPECT_EQ(address->port, row.port);
    EXPECT_EQ(address->loopback(), row.loopback) << row.text;
    EXPECT_EQ(address->to_string(), row.text);
  }
  const auto unix_address = parse_listen_address("unix:/tmp/x.sock");
  ASSERT_TRUE(unix_address);
  EXPECT_TRUE(unix_address->loopback());
  EXPECT_EQ(unix_address->to_string(), "unix:/tmp/x.sock");
}

TEST(ListenAddress, WrongOnesAreExplained) {
  const std::pair<const char*, const char*> rows[] = {
      {"", "host is missing"},          {":8000", "host is missing"},
      {"localhost", "port is missing"}, {"host:x", "'x' is no port"},
      {"host:70000", "is no port"},     {"::1:80", "needs brackets"},
      {"[::1]", "port is missing"},     {"http://host:1", "needs brackets"},
      {"unix:", "path of the socket"},  {"ho/st:1", "is no host name"},
  };
  for (const auto& [text, why] : rows) {
    const auto address = parse_listen_address(text);
    ASSERT_FALSE(address) << text;
    EXPECT_NE(address.error().detail.find(why), std::string::npos) << address.error().detail;
  }
}

TEST(PercentDecode, KeepsWhatIsNoEscape) {
  EXPECT_EQ(percent_decode("a%20b%2fc%2F"), "a b/c/");
  EXPECT_EQ(percent_decode("%"), "%");
  EXPECT_EQ(percent_decode("%2"), "%2");
  EXPECT_EQ(percent_decode("%zz%41"), "%zzA");
  EXPECT_EQ(percent_decode("%00"), std::string(1, '\0'));
  EXPECT_EQ(percent_decode("%25%32%35"), "%25");  // once, not again
}

TEST(Request, PathAndQuery) {
  const HttpRequest request{.target = "/v1/x?model=a%20b&n=1+2&empty=&flag&n=3&%6bey=v"};
  EXPECT_EQ(request.path(), "/v1/x");
  EXPECT_EQ(request.query("model"), "a b");
  EXPECT_EQ(request.query("n"), "1 2");
  EXPECT_EQ(request.query("empty"), "");
  EXPECT_EQ(request.query("flag"), "");
  EXPECT_EQ(request.query("key"), "v");
  EXPECT_EQ(request.query("mode"), std::nullopt);
  EXPECT_EQ(HttpRequest{.target = "/x"}.query("x"), std::nullopt);
  EXPECT_EQ(HttpRequest{.target = "/x?"}.query("x"), std::nullopt);
  EXPECT_EQ(HttpRequest{.target = "/x?&&x=1"}.query("x"), "1");
}

TEST(Headers, AreFoundWhateverTheirCase) {
  const Headers headers{{"Content-Type", "a"}, {"X-A", "1"}, {"x-a", "2"}};
  EXPECT_EQ(find_header(headers, "content-type"), "a");
  EXPECT_EQ(find_header(headers, "X-a"), "1");
  EXPECT_EQ(find_header(headers, "Content-Typ"), std::nullopt);
  EXPECT_EQ(find_header({}, "x"), std::nullopt);
}

}  // namespace
}  // namespace eva::io
