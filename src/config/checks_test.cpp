#include "config/checks.h"

#include <gtest/gtest.h>

namespace eva::config {
namespace {

struct Row {
  const char* text;
  const char* wanted;  // "" = right
};

constexpr const char* kListen =
    "an address and port like \"127.0.0.1:8000\", \"[::1]:8000\" or \"unix:/run/eva.sock\"";

TEST(Checks, Listen) {
  const Row rows[] = {
      {"127.0.0.1:8000", ""},
      {"0.0.0.0:0", ""},
      {"[::1]:8000", ""},
      {"localhost:80", ""},
      {"unix:/run/eva.sock", ""},
      {"", kListen},
      {"8000", kListen},
      {"127.0.0.1", kListen},
      {"127.0.0.1:", kListen},
      {"127.0.0.1:65536", kListen},
      {"127.0.0.1:+80", kListen},
      {"127.0.0.1:-1", kListen},
      {"::1:8000", kListen},
      {"[::1]", kListen},
      {"[zz]:1", kListen},
      {"unix:relative", kListen},
      {"a b:80", kListen},
      {":8000", "an address and port; for all addresses write \"0.0.0.0:8000\""},
      {"*:8000", "an address and port; for all addresses write \"0.0.0.0:8000\""},
  };
  for (const Row& row : rows) EXPECT_EQ(check_listen(row.text), row.wanted) << row.text;
  EXPECT_EQ(check_optional_listen(""), "");
  EXPECT_EQ(check_optional_listen("8000"), kListen);
}

TEST(Checks, BaseUrl) {
  constexpr const char* kShape =
      "a URL like \"https://api.openai.com/v1\" or \"http://127.0.0.1:8080/v1\"";
  const Row rows[] = {
      {"", ""},
      {"https://api.openai.com/v1", ""},
      {"http://[::1]:8080/openai/v1", ""},
      {"https://api.openai.com",
       "a base URL that ends in /v1; write \"https://api.openai.com/v1\""},
      {"https://api.openai.com/",
       "a base URL that ends in /v1; write \"https://api.openai.com/v1\""},
      {"https://api.openai.com/v1/",
       "a base URL that ends in /v1; write \"https://api.openai.com/v1\""},
      {"http://127.0.0.1:11434/v1/chat/completions",
       "a base URL that ends in /v1; write \"http://127.0.0.1:11434/v1\""},
      {"http://h/api", "a base URL that ends in /v1; write \"http://h/api/v1\""},
      {"api.openai.com/v1", kShape},
      {"ftp://h/v1", kShape},
      {"http://h:0/v1", kShape},
      {"http://h:99999/v1", kShape},
      {"http:///v1", kShape},
      {"http://h/v1?key=1", kShape},
      {"http://h h/v1", kShape},
      {"https://user:secret@h/v1",
       "a URL without user and password; put the key into key_env or key_file"},
  };
  for (const Row& row : rows) EXPECT_EQ(check_base_url(row.text), row.wanted) << row.text;
}

TEST(Checks, Origin) {
  constexpr const char* kShape =
      "origins like \"https://example.com\" or \"http://localhost:3000\", without a path";
  const Row rows[] = {
      {"*", ""},
      {"https://example.com", ""},
      {"http://localhost:3000", ""},
      {"", kShape},
      {"https://a.b/", kShape},
      {"example.com", kShape},
      {"http://a/b", kShape},
  };
  for (const Row& row : rows) EXPECT_EQ(check_origin(row.text), row.wanted) << row.text;
}

TEST(Checks, SmallForms) {
  constexpr const char* kEnv =
      "the name of an environment variable (A-Z, 0-9, _), not the key itself";
  EXPECT_EQ(check_env_name(""), "");
  EXPECT_EQ(check_env_name("OPENAI_API_KEY"), "");
  EXPECT_EQ(check_env_name("1A"), kEnv);
  EXPECT_EQ(check_env_name("sk-12ab"), kEnv);
  EXPECT_EQ(check_language(""), "");
  EXPECT_EQ(check_language("en"), "");
  EXPECT_EQ(check_language("yue"), "");
  EXPECT_EQ(check_language("en-US"), "a language code like \"en\" or \"de\"");
  EXPECT_EQ(check_language("EN"), "a language code like \"en\" or \"de\"");
  EXPECT_EQ(check_pack("whisper-tiny.en-int8"), "");
  for (const char* wrong : {"", "..", "../x", "a/b", "a b"}) {
    EXPECT_EQ(check_pack(wrong), "the name of a model pack; `eva models list` shows them") << wrong;
  }
  EXPECT_EQ(check_mirror(""), "");
  EXPECT_EQ(check_mirror("http://127.0.0.1:8080/m"), "");
  EXPECT_EQ(check_mirror("http://127.0.0.1:8080/m/"),
            "a URL like \"http://127.0.0.1:8080/models\", without a slash at its end");
}

TEST(Checks, Loopback) {
  for (const char* near : {"127.0.0.1:1", "[::1]:1", "localhost:1", "unix:/a"}) {
    EXPECT_TRUE(is_loopback_listen(near)) << near;
  }
  for (const char* far : {"0.0.0.0:1", "[::]:1", "10.0.0.1:1"}) {
    EXPECT_FALSE(is_loopback_listen(far)) << far;
  }
  EXPECT_EQ(url_host("http://[::1]:80/v1"), "::1");
  EXPECT_EQ(url_host("https://api.openai.com/v1"), "api.openai.com");
}

}  // namespace
}  // namespace eva::config
