#include "providers/chat_stream.h"

#include <gtest/gtest.h>

namespace eva::providers {
namespace {

struct Outcome {
  std::string text;
  Result<> result;
  speech::LlmUsage usage;
  bool done = false;
};

Outcome read(std::string_view stream, bool by_closing = false) {
  ChatStream chat;
  Outcome outcome;
  outcome.result = chat.push(stream, outcome.text);
  if (outcome.result) outcome.result = chat.finish(by_closing, outcome.text);
  outcome.usage = chat.usage();
  outcome.done = chat.done();
  return outcome;
}

TEST(ChatStream, GathersTextAndUsage) {
  const Outcome outcome = read(
      R"(data: {"choices":[{"delta":{"role":"assistant","content":""}}],"usage":null}

data: {"choices":[{"delta":{"content":"Hello"}}]}

data: {"choices":[{"delta":{"content":null}}]}

data: {"choices":[{"delta":{"content":" wörld"}}]}

data: {"choices":[{"delta":{},"finish_reason":"stop"}]}

data: {"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":3}}

data: [DONE]

data: {"choices":[{"delta":{"content":"after the end"}}]}

)");
  ASSERT_TRUE(outcome.result);
  EXPECT_EQ(outcome.text, "Hello wörld");
  EXPECT_TRUE(outcome.done);
  EXPECT_EQ(outcome.usage.input_tokens, 12);
  EXPECT_EQ(outcome.usage.output_tokens, 3);
  EXPECT_FALSE(outcome.usage.truncated);
}

TEST(ChatStream, NeedsNoDoneMarker) {
  const Outcome outcome =
      read("data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"length\"}]}");
  ASSERT_TRUE(outcome.result);
  EXPECT_EQ(outcome.text, "Hi");
  EXPECT_FALSE(outcome.done);
  EXPECT_TRUE(outcome.usage.truncated);
}

TEST(ChatStream, TellsAnEndFromAConnectionThatBroke) {
  const std::string text = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n";
  const std::string reason = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
  EXPECT_TRUE(read(text).result) << "HTTP itself tells that it is whole";
  EXPECT_TRUE(read(text + reason, true).result);
  EXPECT_TRUE(read(text + "data: [DONE]\n\n", true).result);
  const Outcome cut = read(text, true);
  ASSERT_FALSE(cut.result);
  EXPECT_EQ(cut.result.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(cut.text, "Hi");
}

TEST(ChatStream, KeepsTheTextBeforeAnError) {
  const Outcome outcome = read(
      "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n"
      "data: {\"error\":{\"message\":\"out of  memory\"}}\n\n");
  ASSERT_FALSE(outcome.result);
  EXPECT_EQ(outcome.result.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(outcome.result.error().detail, "out of memory");
  EXPECT_EQ(outcome.text, "Hi");
}

TEST(ChatStream, RefusesWhatIsNoChatCompletion) {
  for (const char* stream : {"", "<html>Bad gateway</html>", "data: oops\n\n", "data: [1]\n\n"}) {
    const Outcome outcome = read(stream);
    ASSERT_FALSE(outcome.result) << stream;
    EXPECT_EQ(outcome.result.error().code, ErrorCode::kProtocol) << stream;
  }
}

TEST(ChatStream, BearsFieldsOfOtherTypes) {
  const Outcome outcome = read(
      "data: {\"choices\":{},\"usage\":{\"prompt_tokens\":\"x\",\"completion_tokens\":-5}}\n\n"
      "data: {\"choices\":[7]}\n\n"
      "data: {\"choices\":[{\"delta\":[]}]}\n\n"
      "data: {\"choices\":[{\"delta\":{\"content\":[\"x\"]}}],\"usage\":[]}\n\n");
  EXPECT_TRUE(outcome.result);
  EXPECT_EQ(outcome.text, "");
  EXPECT_EQ(outcome.usage.input_tokens, 0);
  EXPECT_EQ(outcome.usage.output_tokens, 0);
}

}  // namespace
}  // namespace eva::providers
