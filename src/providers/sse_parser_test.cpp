#include "providers/sse_parser.h"

#include <gmock/gmock.h>

namespace eva::providers {
namespace {
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> parse(std::string_view stream, std::size_t chunk) {
  SseParser parser;
  std::vector<std::string> events;
  for (std::size_t at = 0; at < stream.size(); at += chunk) {
    EXPECT_TRUE(parser.push(stream.substr(at, chunk), events));
  }
  parser.finish(events);
  return events;
}

TEST(SseParser, GivesTheSameEventsInAnyChunking) {
  const std::string_view stream =
      ": a comment\n"
      "event: message\r\ndata: one\r\n\r\n"
      "data:two\ndata: lines\n\n"
      "id: 7\n\n"
      "data\n\n"
      "data: \rdata:x\r\r"
      "data: [DONE]\n\n";
  for (std::size_t chunk = 1; chunk <= stream.size(); ++chunk) {
    EXPECT_THAT(parse(stream, chunk), ElementsAre("one", "two\nlines", "", "\nx", "[DONE]"))
        << chunk;
  }
}

TEST(SseParser, HandsAnEventOutOnItsBlankLineAndNotBefore) {
  SseParser parser;
  std::vector<std::string> events;
  ASSERT_TRUE(parser.push("data: a\r\n", events));
  EXPECT_THAT(events, IsEmpty());
  ASSERT_TRUE(parser.push("\r", events));
  EXPECT_THAT(events, ElementsAre("a"));
  ASSERT_TRUE(parser.push("\n", events));
  EXPECT_THAT(events, ElementsAre("a"));
}

TEST(SseParser, TakesAnEventThatTheStreamCutShort) {
  EXPECT_THAT(parse("data: a\n\ndata: b", 100), ElementsAre("a", "b"));
  EXPECT_THAT(parse("data: a\n\n", 100), ElementsAre("a"));
}

TEST(SseParser, RefusesAnEventWithoutEnd) {
  for (const char* piece : {"x", "data: y\n"}) {
    SseParser parser;
    std::vector<std::string> events;
    std::string chunk;
    while (chunk.size() < 64 << 10) chunk += piece;
    std::size_t sent = 0;
    Result<> result;
    while (result && sent < 4 * kMaxSseLine) {
      result = parser.push(chunk, events);
      sent += chunk.size();
    }
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kProtocol);
    EXPECT_THAT(events, IsEmpty());
  }
}

}  // namespace
}  // namespace eva::providers
