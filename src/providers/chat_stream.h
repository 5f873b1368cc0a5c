#pragma once
// The events of a streamed chat completion. Pure.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "providers/sse_parser.h"
#include "speech/llm.h"

namespace eva::providers {

class ChatStream {
 public:
  /// `api_key` is kept out of what the provider says about failures.
  explicit ChatStream(std::string api_key = "") : api_key_(std::move(api_key)) {}

  /// Appends the text that `bytes` completes to `text`; what came before an error is there too.
  /// kUnavailable: the provider reports a failure in mid-stream. kProtocol: not a chat completion.
  [[nodiscard]] Result<> push(std::string_view bytes, std::string& text);
  /// The answer ended. kProtocol: it held no event at all. kUnavailable: it may have been cut off:
  /// `by_closing` (its end was the connection's, no length was told) and the provider said neither
  /// [DONE] nor why it finished.
  [[nodiscard]] Result<> finish(bool by_closing, std::string& text);

  /// [DONE] was read.
  bool done() const { return done_; }
  const speech::LlmUsage& usage() const { return usage_; }

 private:
  Result<> read(const std::vector<std::string>& events, std::string& text);
  Result<> read_chunk(const std::string& event, std::string& text);

  std::string api_key_;
  SseParser parser_;
  speech::LlmUsage usage_;
  bool any_ = false;
  bool done_ = false;
  bool finished_ = false;  // a finish_reason was given
};

}  // namespace eva::providers
