#include "models/https_get.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "models/process.h"
#include "models/test_server.h"

namespace eva::models {
namespace {

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 31 + i / 251);
  return text;
}

struct Got {
  Result<> result;
  std::uint64_t begin = 0;
  std::string body;
};

Got get(const std::string& url, GetOptions options = {}) {
  Got got;
  if (options.size_max == 0) options.size_max = 1 << 20;
  const GetSink sink{.begin = [&](std::uint64_t offset) -> Result<> {
                       got.begin = offset;
                       return {};
                     },
                     .write = [&](std::string_view bytes) -> Result<> {
                       got.body += bytes;
                       return {};
                     }};
  got.result = https_get(url, options, sink);
  return got;
}

std::string detail(const Got& got) {
  return got.result ? "no error" : got.result.error().detail;
}

TEST(UrlHost, IsHostAndPort) {
  EXPECT_EQ(url_host("https://a.b/c"), "a.b");
  EXPECT_EQ(url_host("http://a.b:80?c"), "a.b:80");
  EXPECT_EQ(url_host("http://[::1]:80/"), "[::1]:80");
  for (const char* wrong : {"", "a.b", "ftp://a", "http://", "http:///a", "http://u@h/",
                            "http://a b/", "http://a:/", "http://a\r\nb/"}) {
    EXPECT_EQ(url_host(wrong), "") << wrong;
    const auto got = get(wrong);
    ASSERT_FALSE(got.result);
    EXPECT_EQ(got.result.error().code, ErrorCode::kBadInput) << wrong;
  }
}

TEST(HttpsGet, FetchesAndFollows) {
  const TestFolder folder;
  const std::string content = pattern(700'000);
  folder.write("f", content);
  folder.write("empty", "");
  TestServer server(folder.path());
  for (const char* path : {"/files/f", "/chunked/f", "/norange/f", "/redirect/files/f",
                           "/redirect/redirect/redirect/files/f", "/files/f#fragment"}) {
    const Got got = get(server.address() + path);
    EXPECT_EQ(detail(got), "no error") << path;
    EXPECT_TRUE(got.body == content) << path;
  }
  const Got empty = get(server.address() + "/files/empty");
  EXPECT_EQ(detail(empty), "no error");
  EXPECT_EQ(empty.body, "");
}

TEST(HttpsGet, Resumes) {
  const TestFolder folder;
  folder.write("f", "0123456789");
  TestServer server(folder.path());
  const Got rest = get(server.address() + "/files/f", {.offset = 4});
  EXPECT_EQ(rest.begin, 4u);
  EXPECT_EQ(rest.body, "456789");
  const Got whole = get(server.address() + "/norange/f", {.offset = 4});
  EXPECT_EQ(whole.begin, 0u);
  EXPECT_EQ(whole.body, "0123456789");
  EXPECT_EQ(server.requests(),
            (std::vector<std::string>{"GET /files/f bytes=4-", "GET /norange/f bytes=4-"}));
}

TEST(HttpsGet, TellsKindsOfFailureApart) {
  const TestFolder folder;
  folder.write("f", pattern(100'000));
  TestServer server(folder.path());
  const std::string host = server.address().substr(7);
  struct Row {
    const char* path;
    ErrorCode code;
    std::string detail;
  };
  const Row rows[] = {
      {"/files/none", ErrorCode::kNotFound, host + " answered 404"},
      {"/loop", ErrorCode::kNotFound, "too many redirects"},
      {"/cut/f", ErrorCode::kProtocol, "the connection to " + host + " broke: partial message"},
      {"/stall/f", ErrorCode::kTimeout, host + " went silent"},
  };
  for (const Row& row : rows) {
    const Got got = get(server.address() + row.path, {.stall_timeout = 200ms});
    ASSERT_FALSE(got.result) << row.path;
    EXPECT_EQ(got.result.error().code, row.code) << row.path;
    EXPECT_EQ(got.result.error().detail, row.detail);
  }
}

TEST(HttpsGet, KeepsTheDeadline) {
  const TestFolder folder;
  folder.write("f", "0123456789");
  TestServer server(folder.path());
  const Got got = get(server.address() + "/stall/f", {.deadline = 200ms});
  ASSERT_FALSE(got.result);
  EXPECT_EQ(got.result.error().code, ErrorCode::kTimeout);
  EXPECT_EQ(detail(got), "the download took too long");
  EXPECT_EQ(got.body, "01234");
}

TEST(HttpsGet, LimitsTheSize) {
  const TestFolder folder;
  folder.write("f", "0123456789");
  TestServer server(folder.path());
  for (const char* path : {"/files/f", "/chunked/f"}) {
    EXPECT_EQ(detail(get(server.address() + path, {.size_max = 10})), "no error");
    const Got got = get(server.address() + path, {.size_max = 9});
    ASSERT_FALSE(got.result);
    EXPECT_EQ(got.result.error().code, ErrorCode::kOverloaded);
    EXPECT_EQ(got.body, "");
  }
}

TEST(HttpsGet, PassesTheSinksErrorOn) {
  const TestFolder folder;
  folder.write("f", "0123456789");
  TestServer server(folder.path());
  const GetSink full{
      .begin = [](std::uint64_t) -> Result<> { return {}; },
      .write = [](std::string_view) -> Result<> { return fail(ErrorCode::kIo, "disk full"); }};
  const auto got = https_get(server.address() + "/files/f", {.size_max = 100}, full);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().detail, "disk full");
}

TEST(HttpsGet, UnreachableHosts) {
  std::string address;
  {
    const TestFolder folder;
    address = TestServer(folder.path()).address();  // its port is closed again
  }
  const Got refused = get(address + "/f");
  ASSERT_FALSE(refused.result);
  EXPECT_EQ(refused.result.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(detail(refused), "cannot reach " + address.substr(7) + ": Connection refused");
  const Got unknown = get("http://eva.invalid/f");  // RFC 6761: never resolves
  ASSERT_FALSE(unknown.result);
  EXPECT_EQ(unknown.result.error().code, ErrorCode::kUnavailable);
}

class TlsTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(run_command({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                             "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                             "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout",
                             key().string(), "-out", certificate().string()}));
    folder_.write("f", "0123456789");
  }
  void TearDown() override { unsetenv("SSL_CERT_FILE"); }
  std::filesystem::path certificate() const { return folder_.path() / "certificate.pem"; }
  std::filesystem::path key() const { return folder_.path() / "key.pem"; }

  TestFolder folder_;
};

TEST_F(TlsTest, TrustsTheAuthoritiesOnly) {
  TestServer server(folder_.path(), certificate(), key());
  setenv("SSL_CERT_FILE", certificate().c_str(), 1);
  const Got trusted = get(server.address() + "/files/f");
  EXPECT_EQ(detail(trusted), "no error");
  EXPECT_EQ(trusted.body, "0123456789");

  std::string wrong_name = server.address();
  wrong_name.replace(wrong_name.find("localhost"), 9, "127.0.0.1");
  EXPECT_EQ(get(wrong_name + "/files/f").result.error().code, ErrorCode::kUnavailable);

  setenv("SSL_CERT_FILE", "/dev/null", 1);
  const Got untrusted = get(server.address() + "/files/f");
  ASSERT_FALSE(untrusted.result);
  EXPECT_EQ(untrusted.result.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(untrusted.body, "");
}

TEST_F(TlsTest, NeverLeavesTls) {
  TestServer server(folder_.path(), certificate(), key());
  setenv("SSL_CERT_FILE", certificate().c_str(), 1);
  EXPECT_EQ(detail(get(server.address() + "/redirect/files/f")), "no error");
  const Got got = get(server.address() + "/plain/files/f");
  ASSERT_FALSE(got.result);
  EXPECT_EQ(got.result.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(detail(got), "redirected to an address that is not https");
}

}  // namespace
}  // namespace eva::models
