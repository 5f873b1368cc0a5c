#pragma once
// The body of POST /v1/chat/completions as a value, and its two kinds of answer.
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/service_error.h"
#include "speech/llm.h"

namespace eva::engine {

struct ChatRequest {
  std::string model;
  std::vector<speech::ChatMessage> messages;
  bool stream = false;
  bool include_usage = false;
  std::optional<int> max_tokens;  // in words
};

/// Roles system, developer (= system), user and assistant; content as text or as text parts. Other
/// roles (tool) are left out. Fields that the brain has no use for (temperature, tools…) are
/// ignored. 400: no messages, a message of another shape, n above 1, max_tokens below 1.
ApiResult<ChatRequest> parse_chat_request(std::string_view body);

struct ChatReply {
  std::string id;  // "chatcmpl-…"
  std::string model;
  std::time_t created = 0;  // Unix time
  std::string text;         // cut to max_tokens words
  bool truncated = false;   // by max_tokens
  int prompt_words = 0;
  int reply_words = 0;
};
ChatReply make_chat_reply(const ChatRequest& request, std::string text, std::uint64_t number,
                          std::time_t created);

/// The whole answer as one JSON object.
std::string chat_completion(const ChatReply& reply);

/// The answer as server-sent events, one for each word, from the role to [DONE].
std::vector<std::string> chat_chunks(const ChatReply& reply, bool include_usage);

}  // namespace eva::engine
