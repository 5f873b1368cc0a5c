#include "engine/chat_api.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace eva::engine {
namespace {
using nlohmann::json;
using Role = speech::ChatMessage::Role;

TEST(ChatApi, ReadsMessagesOfEveryShape) {
  const auto request = parse_chat_request(R"({"model":"m","stream":true,
      "stream_options":{"include_usage":true},"max_tokens":5,"temperature":0.3,"n":1,"tools":[],
      "messages":[{"role":"developer","content":"Be kind."},
                  {"role":"user","content":[{"type":"text","text":"Hel"},{"type":"text","text":"lo"}]},
                  {"role":"assistant","content":null},
                  {"role":"tool","content":"42"},
                  {"role":"user","content":"Bye"}]})");
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->model, "m");
  EXPECT_TRUE(request->stream);
  EXPECT_TRUE(request->include_usage);
  EXPECT_EQ(request->max_tokens, 5);
  const std::vector<speech::ChatMessage> expected = {{Role::kSystem, "Be kind."},
                                                     {Role::kUser, "Hello"},
                                                     {Role::kAssistant, ""},
                                                     {Role::kUser, "Bye"}};
  EXPECT_EQ(request->messages, expected);
}

TEST(ChatApi, NamesWhatIsWrong) {
  const std::string messages = R"("messages":[{"role":"user","content":"x"}])";
  const struct {
    std::string body;
    const char* param;
  } rows[] = {
      {"7", ""},
      {"{}", "messages"},
      {R"({"messages":[]})", "messages"},
      {R"({"messages":"x"})", "messages"},
      {R"({"messages":["x"]})", "messages"},
      {R"({"messages":[{"content":"x"}]})", "messages"},
      {R"({"messages":[{"role":"user","content":7}]})", "messages"},
      {R"({"messages":[{"role":"user","content":[{"type":"image_url"}]}]})", "messages"},
      {"{" + messages + R"(,"n":2})", "n"},
      {"{" + messages + R"(,"max_tokens":0})", "max_tokens"},
      {"{" + messages + R"(,"max_completion_tokens":1.5})", "max_completion_tokens"},
      {"{" + messages + R"(,"stream":"yes"})", "stream"},
      {"{" + messages + R"(,"model":1})", "model"},
  };
  for (const auto& row : rows) {
    const auto request = parse_chat_request(row.body);
    ASSERT_FALSE(request) << row.body;
    EXPECT_EQ(request.error().status, 400) << row.body;
    EXPECT_EQ(request.error().param, row.param) << row.body;
  }
}

ChatReply reply_to(const std::string& text, std::optional<int> max_tokens = std::nullopt) {
  const ChatRequest request{
      .model = "m", .messages = {{Role::kUser, "one two three"}}, .max_tokens = max_tokens};
  return make_chat_reply(request, text, 255, 1'700'000'000);
}

TEST(ChatApi, AnswersWithOneObject) {
  const json answer = json::parse(chat_completion(reply_to("It is noon.")));
  EXPECT_EQ(answer["id"], "chatcmpl-0000000000ff");
  EXPECT_EQ(answer["object"], "chat.completion");
  EXPECT_EQ(answer["model"], "m");
  EXPECT_EQ(answer["choices"][0]["message"]["content"], "It is noon.");
  EXPECT_EQ(answer["choices"][0]["finish_reason"], "stop");
  EXPECT_EQ(answer["usage"],
            json({{"prompt_tokens", 3}, {"completion_tokens", 3}, {"total_tokens", 6}}));
}

TEST(ChatApi, CutsTheReplyAtMaxTokens) {
  const ChatReply cut = reply_to("It is  noon now.", 3);
  EXPECT_EQ(cut.text, "It is  noon");
  EXPECT_TRUE(cut.truncated);
  EXPECT_EQ(json::parse(chat_completion(cut))["choices"][0]["finish_reason"], "length");
  EXPECT_FALSE(reply_to("It is noon now.", 4).truncated);
}

TEST(ChatApi, StreamsWordByWord) {
  const auto events = chat_chunks(reply_to("It is\nnoon. "), true);
  std::string text;
  std::vector<std::string> deltas;
  for (const std::string& event : events) {
    ASSERT_TRUE(event.starts_with("data: ") && event.ends_with("\n\n")) << event;
    const std::string data = event.substr(6, event.size() - 8);
    if (data == "[DONE]") continue;
    const json chunk = json::parse(data);
    EXPECT_EQ(chunk["object"], "chat.completion.chunk");
    ASSERT_TRUE(chunk.contains("usage"));
    if (chunk["choices"].empty()) {
      EXPECT_EQ(chunk["usage"]["completion_tokens"], 3);
      continue;
    }
    EXPECT_TRUE(chunk["usage"].is_null());
    const json& delta = chunk["choices"][0]["delta"];
    if (delta.contains("content")) deltas.push_back(delta["content"]);
  }
  EXPECT_EQ(deltas, (std::vector<std::string>{"", "It", " is", "\nnoon.", " "}));
  EXPECT_EQ(events.back(), "data: [DONE]\n\n");
  const json last = json::parse(events[events.size() - 3].substr(6));
  EXPECT_EQ(last["choices"][0]["finish_reason"], "stop");
  for (const std::string& event : chat_chunks(reply_to("Hi"), false)) {
    EXPECT_EQ(event.find("usage"), std::string::npos);
  }
}

TEST(ChatApi, BrokenUtf8BecomesValid) {
  EXPECT_EQ(json::parse(chat_completion(reply_to("a\xFF"
                                                 "b")))["choices"][0]["message"]["content"],
            "a\uFFFDb");
}

}  // namespace
}  // namespace eva::engine
