#include "providers/provider_error.h"

#include <gtest/gtest.h>

namespace eva::providers {
namespace {

TEST(StatusError, MapsEachStatus) {
  const std::pair<int, ErrorCode> cases[] = {
      {400, ErrorCode::kBadInput},     {401, ErrorCode::kUnauthorized},
      {403, ErrorCode::kUnauthorized}, {404, ErrorCode::kNotFound},
      {408, ErrorCode::kUnavailable},  {413, ErrorCode::kBadInput},
      {429, ErrorCode::kOverloaded},   {500, ErrorCode::kUnavailable},
      {503, ErrorCode::kUnavailable},  {302, ErrorCode::kProtocol}};
  for (const auto& [status, code] : cases) {
    EXPECT_EQ(status_error(status, "", "host", "").code, code) << status;
  }
  EXPECT_EQ(status_error(500, "", "host:80", "").detail, "host:80: HTTP 500");
}

TEST(ProviderMessage, ReadsTheUsualShapes) {
  for (const char* body : {R"({"error":{"message":"no","code":"x"}})", R"({"error":"no"})",
                           R"({"message":"no"})", R"({"detail":"no"})", " no\r\n"}) {
    EXPECT_EQ(provider_message(body, ""), "no") << body;
  }
  EXPECT_EQ(provider_message(R"({"error":{"message":5}})", ""), "");
}

TEST(ProviderMessage, NeverShowsTheKey) {
  EXPECT_EQ(provider_message(R"({"error":"wrong key sk-123, not sk-123"})", "sk-123"),
            "wrong key ***, not ***");
}

TEST(ProviderMessage, IsShortCleanText) {
  const std::string text = provider_message("a\x01\n\n b\xFF<" + std::string(500, 'x'), "");
  EXPECT_EQ(text.size(), kMaxErrorMessage);
  EXPECT_EQ(text.substr(0, 6), "a b?<x");
  std::string umlauts;
  for (int i = 0; i < 150; ++i) umlauts += "ü";
  EXPECT_EQ(provider_message("{\"error\":\"x" + umlauts + "\"}", "").size(), 199u);
}

TEST(ProviderMessage, NeverShowsAPartOfTheKeyWhereTheTextIsCut) {
  const std::string text =
      provider_message(std::string(195, 'x') + "sk-0123456789", "sk-0123456789");
  EXPECT_EQ(text, std::string(195, 'x') + "***");
}

}  // namespace
}  // namespace eva::providers
