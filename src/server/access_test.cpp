#include "server/access.h"

#include <gtest/gtest.h>

#include <ostream>

namespace eva::server {
namespace {

struct Row {
  const char* what;
  std::vector<std::string> keys;
  std::vector<std::string> origins;
  io::Headers headers;
  int status;  // 0 = allowed
};
void PrintTo(const Row& row, std::ostream* out) {
  *out << row.what;
}
class Access : public testing::TestWithParam<Row> {};

TEST_P(Access, IsGrantedOrRefused) {
  const Row& row = GetParam();
  io::HttpRequest request;
  request.headers = row.headers;
  const auto refused = refuse({row.keys, row.origins}, request);
  EXPECT_EQ(refused ? refused->status : 0, row.status) << row.what;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Access,
    testing::Values(
        Row{"no keys, no page", {}, {}, {}, 0}, Row{"key missing", {"k1"}, {}, {}, 401},
        Row{"key right", {"k0", "k1"}, {}, {{"authorization", "Bearer k1"}}, 0},
        Row{"scheme in lower case", {"k1"}, {}, {{"Authorization", "bearer k1"}}, 0},
        Row{"scheme in upper case", {"k1"}, {}, {{"Authorization", "BEARER k1"}}, 0},
        Row{"key in the wrong case", {"k1"}, {}, {{"Authorization", "bearer K1"}}, 401},
        Row{"scheme without a key", {"k1"}, {}, {{"Authorization", "Bearer"}}, 401},
        Row{"key wrong", {"k1"}, {}, {{"Authorization", "Bearer k2"}}, 401},
        Row{"key is a prefix", {"k12"}, {}, {{"Authorization", "Bearer k1"}}, 401},
        Row{"key is longer", {"k1"}, {}, {{"Authorization", "Bearer k1k1"}}, 401},
        Row{"empty key", {"k1"}, {}, {{"Authorization", "Bearer "}}, 401},
        Row{"basic auth", {"k1"}, {}, {{"Authorization", "Basic k1"}}, 401},
        Row{"browser key",
            {"k1"},
            {},
            {{"Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.k1"}},
            0},
        Row{"browser key wrong",
            {"k1"},
            {},
            {{"Sec-WebSocket-Protocol", "realtime,openai-insecure-api-key.x"}},
            401},
        Row{"own page",
            {},
            {},
            {{"Host", "localhost:8000"}, {"Origin", "http://localhost:8000"}},
            0},
        Row{"other page",
            {},
            {},
            {{"Host", "localhost:8000"}, {"Origin", "http://evil.example"}},
            403},
        Row{"same host, other port",
            {},
            {},
            {{"Host", "localhost:8000"}, {"Origin", "http://localhost:9000"}},
            403},
        Row{"null origin", {}, {}, {{"Host", "localhost:8000"}, {"Origin", "null"}}, 403},
        Row{"listed page", {}, {"https://app.example"}, {{"Origin", "https://app.example"}}, 0},
        Row{"any page", {}, {"*"}, {{"Origin", "https://x.example"}}, 0},
        Row{"other page with key",
            {"k1"},
            {},
            {{"Origin", "http://evil.example"}, {"Authorization", "Bearer k1"}},
            403}));

TEST(Access, AForeignNameForThisMachineIsRefused) {
  const AccessRules rules{.local_hosts_only = true};
  for (const auto& [host, status] : {std::pair{"localhost:8000", 0},
                                     {"127.0.0.1:8000", 0},
                                     {"[::1]:8000", 0},
                                     {"evil.example:8000", 403},
                                     {"127.0.0.1.evil.example", 403},
                                     {"10.0.0.1", 403}}) {
    io::HttpRequest request;
    request.headers = {{"Host", host}, {"Origin", std::string("http://") + host}};
    const auto refused = refuse(rules, request);
    EXPECT_EQ(refused ? refused->status : 0, status) << host;
  }
}

TEST(Access, AnErrorMayQuoteAnyBytes) {
  const auto response = error_response(404, "not_found", "There is no /\xff\xfe.");
  EXPECT_NE(response.body.find("There is no /\xef\xbf\xbd"), std::string::npos) << response.body;
}

TEST(Access, TheSubprotocolNeverEchoesTheKey) {
  io::HttpRequest request;
  EXPECT_EQ(choose_subprotocol(request), "");
  request.headers = {{"Sec-WebSocket-Protocol", "openai-insecure-api-key.k1, realtime"}};
  EXPECT_EQ(choose_subprotocol(request), "realtime");
  request.headers = {{"Sec-WebSocket-Protocol", "openai-insecure-api-key.k1"}};
  EXPECT_EQ(choose_subprotocol(request), "");
}

}  // namespace
}  // namespace eva::server
