#include "providers/chat_stream.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "providers/provider_error.h"

namespace eva::providers {
namespace {
using nlohmann::json;

/// The member of that name, or null where there is none (or no object to have one).
const json& member(const json& value, const char* name) {
  static const json null_value;
  if (!value.is_object()) return null_value;
  const auto found = value.find(name);
  return found == value.end() ? null_value : *found;
}

int count(const json& value) {
  if (!value.is_number_integer()) return 0;
  return static_cast<int>(std::clamp<std::int64_t>(value.get<std::int64_t>(), 0, 1'000'000'000));
}
}  // namespace

Result<> ChatStream::push(std::string_view bytes, std::string& text) {
  std::vector<std::string> events;
  const Result<> parsed = parser_.push(bytes, events);
  if (Result<> read_result = read(events, text); !read_result) return read_result;
  return parsed;
}

Result<> ChatStream::finish(bool by_closing, std::string& text) {
  std::vector<std::string> events;
  parser_.finish(events);
  if (Result<> read_result = read(events, text); !read_result) return read_result;
  if (!any_) return fail(ErrorCode::kProtocol, "the answer is not a streamed chat completion");
  if (by_closing && !done_ && !finished_) {
    return fail(ErrorCode::kUnavailable, "the answer broke off");
  }
  return {};
}

Result<> ChatStream::read(const std::vector<std::string>& events, std::string& text) {
  for (const std::string& event : events) {
    if (done_) break;
    if (event == "[DONE]") {
      any_ = done_ = true;
    } else if (Result<> chunk = read_chunk(event, text); !chunk) {
      return chunk;
    }
  }
  return {};
}

Result<> ChatStream::read_chunk(const std::string& event, std::string& text) {
  const json chunk = json::parse(event, nullptr, /*allow_exceptions=*/false);
  if (!chunk.is_object()) {
    return fail(ErrorCode::kProtocol, "an event of the chat completion is not a JSON object");
  }
  if (!member(chunk, "error").is_null()) {
    return fail(ErrorCode::kUnavailable, provider_message(event, api_key_));
  }
  any_ = true;
  const json& usage = member(chunk, "usage");
  if (usage.is_object()) {
    usage_.input_tokens = count(member(usage, "prompt_tokens"));
    usage_.output_tokens = count(member(usage, "completion_tokens"));
  }
  const json& choices = member(chunk, "choices");
  if (!choices.is_array() || choices.empty()) return {};
  const json& choice = choices.front();
  const json& content = member(member(choice, "delta"), "content");
  if (content.is_string()) text += content.get_ref<const std::string&>();
  const json& reason = member(choice, "finish_reason");
  finished_ = finished_ || reason.is_string();
  if (reason == "length") usage_.truncated = true;
  return {};
}

}  // namespace eva::providers
