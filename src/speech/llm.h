#pragma once
// The brain: a conversation in, a streamed reply out.
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "speech/call.h"

namespace eva::speech {

struct ChatMessage {
  enum class Role { kSystem, kUser, kAssistant };
  Role role;
  std::string text;
  bool operator==(const ChatMessage&) const = default;
};

struct LlmRequest {
  std::vector<ChatMessage> messages;
  std::optional<int> max_tokens;
  bool operator==(const LlmRequest&) const = default;
};

struct LlmUsage {
  int input_tokens = 0;  // 0 where the provider does not say
  int output_tokens = 0;
  bool truncated = false;  // finish_reason "length"
};

struct LlmCallbacks {
  std::move_only_function<void(std::string_view)> on_text;  // any number, in order, never empty
  std::move_only_function<void(Result<LlmUsage>)> on_done;  // exactly once, last
};

/// Lives on the session's loop.
class Llm {
 public:
  virtual ~Llm() = default;
  /// Callbacks run later, on the session's loop, unless the handle dies first.
  [[nodiscard]] virtual CallHandle complete(LlmRequest request, LlmCallbacks callbacks) = 0;
};

}  // namespace eva::speech
