#include "providers/openai_llm.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "providers/chat_stream.h"
#include "providers/provider_call.h"

namespace eva::providers {
namespace {
using nlohmann::json;

const char* role_name(speech::ChatMessage::Role role) {
  switch (role) {
    case speech::ChatMessage::Role::kSystem:
      return "system";
    case speech::ChatMessage::Role::kUser:
      return "user";
    case speech::ChatMessage::Role::kAssistant:
      return "assistant";
  }
  std::unreachable();
}

std::string request_body(const speech::LlmRequest& request, const ProviderOptions& options) {
  json messages = json::array();
  for (const auto& message : request.messages) {
    messages.push_back({{"role", role_name(message.role)}, {"content", message.text}});
  }
  json body = {{"model", options.model},
               {"messages", std::move(messages)},
               {"stream", true},
               {"stream_options", {{"include_usage", true}}}};
  if (!options.user.empty()) body["user"] = options.user;
  if (request.max_tokens) body["max_tokens"] = *request.max_tokens;
  if (options.temperature) body["temperature"] = *options.temperature;
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

struct Pending {
  ChatStream stream;
  bool ends_by_closing = false;
  speech::LlmCallbacks callbacks;

  /// Passes on what a step of the stream gave.
  Received deliver(const std::string& text, const Result<>& step) {
    Received received;
    if (!text.empty()) received.progress = Progress::kDelivered;
    if (stream.done()) received.progress = Progress::kComplete;
    if (!step) received.error = step.error();
    if (!text.empty()) callbacks.on_text(text);
    return received;
  }
};
}  // namespace

OpenAiLlm::OpenAiLlm(io::EventLoop& loop, io::HttpClient& client, ProviderOptions options)
    : loop_(loop), client_(client), options_(std::move(options)) {}

speech::CallHandle OpenAiLlm::complete(speech::LlmRequest request, speech::LlmCallbacks callbacks) {
  ProviderRequest provider_request{
      .http = {.method = "POST",
               .target = "/chat/completions",
               .headers = {{"Content-Type", "application/json"}, {"Accept", "text/event-stream"}},
               .body = request_body(request, options_)},
      .api_key = options_.api_key,
      .timeout = options_.timeout};
  const auto pending = std::make_shared<Pending>();  // of the callbacks
  pending->callbacks = std::move(callbacks);
  return start_provider_call(
      loop_, client_, std::move(provider_request),
      {.on_start = [pending, key = options_.api_key](const io::Headers& headers) -> Result<> {
         pending->stream = ChatStream(key);
         pending->ends_by_closing = !io::find_header(headers, "Content-Length") &&
                                    !io::find_header(headers, "Transfer-Encoding");
         return {};
       },
       .on_data =
           [pending](std::string_view bytes) {
             std::string text;
             const Result<> step = pending->stream.push(bytes, text);
             return pending->deliver(text, step);
           },
       .on_end =
           [pending] {
             std::string text;
             const Result<> step = pending->stream.finish(pending->ends_by_closing, text);
             return pending->deliver(text, step);
           },
       .on_done =
           [pending](Result<> result) {
             if (!result) return pending->callbacks.on_done(std::unexpected(result.error()));
             pending->callbacks.on_done(pending->stream.usage());
           }});
}

}  // namespace eva::providers
