#include "engine/chat_api.h"

#include <fmt/format.h>

#include "engine/service_json.h"

namespace eva::engine {
namespace {
using nlohmann::json;
using Role = speech::ChatMessage::Role;

constexpr std::size_t kMaxBody = 1 << 20;
constexpr std::size_t kMaxMessages = 2000;
constexpr const char* kDefaultModel = "eva-offline";

std::optional<Role> parse_role(const std::string& name) {
  if (name == "system" || name == "developer") return Role::kSystem;
  if (name == "user") return Role::kUser;
  if (name == "assistant") return Role::kAssistant;
  return std::nullopt;
}

ApiResult<std::string> parse_content(const json& message) {
  const auto content = message.find("content");
  if (content == message.end() || content->is_null()) return std::string();
  if (content->is_string()) return content->get<std::string>();
  const auto wrong = [] {
    return refuse("a message's \"content\" must be text or a list of {\"type\":\"text\"} parts",
                  "messages");
  };
  if (!content->is_array()) return wrong();
  std::string text;
  for (const json& part : *content) {
    if (!part.is_object()) return wrong();
    const auto type = part.find("type");
    const auto piece = part.find("text");
    if (type == part.end() || *type != "text" || piece == part.end() || !piece->is_string()) {
      return wrong();
    }
    text += piece->get_ref<const std::string&>();
  }
  return text;
}

ApiResult<std::vector<speech::ChatMessage>> parse_messages(const json& object) {
  const auto list = object.find("messages");
  if (list == object.end() || !list->is_array() || list->empty() || list->size() > kMaxMessages) {
    return refuse(fmt::format("\"messages\" must be a list of 1 to {} messages", kMaxMessages),
                  "messages");
  }
  std::vector<speech::ChatMessage> messages;
  for (const json& message : *list) {
    const auto role_name = message.is_object() ? string_field(message, "role", "") : std::string();
    if (!role_name || role_name->empty()) {
      return refuse("every message must be an object with a \"role\"", "messages");
    }
    const auto role = parse_role(*role_name);
    if (!role) continue;
    auto content = parse_content(message);
    if (!content) return std::unexpected(content.error());
    messages.push_back({*role, std::move(*content)});
  }
  return messages;
}

/// The first of the names that is there; 400 unless it is a whole number from 1 up.
ApiResult<std::optional<int>> parse_count(const json& object,
                                          std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const auto field = object.find(name);
    if (field == object.end() || field->is_null()) continue;
    if (!field->is_number_integer() || field->get<double>() < 1 || field->get<double>() > 1e9) {
      return refuse(fmt::format("\"{}\" must be a whole number from 1 up", name), name);
    }
    return field->get<int>();
  }
  return std::nullopt;
}

json envelope(const ChatReply& reply, const char* object) {
  return {{"id", reply.id}, {"object", object}, {"created", reply.created}, {"model", reply.model}};
}

json usage(const ChatReply& reply) {
  return {{"prompt_tokens", reply.prompt_words},
          {"completion_tokens", reply.reply_words},
          {"total_tokens", reply.prompt_words + reply.reply_words}};
}

const char* finish_reason(const ChatReply& reply) {
  return reply.truncated ? "length" : "stop";
}

/// Where the word at or after `from` ends, its leading space included.
std::size_t word_end(std::string_view text, std::size_t from) {
  constexpr std::string_view kSpace = " \t\n\v\f\r";
  const auto begin = text.find_first_not_of(kSpace, from);
  if (begin == std::string_view::npos) return text.size();
  return std::min(text.find_first_of(kSpace, begin), text.size());
}
}  // namespace

ApiResult<ChatRequest> parse_chat_request(std::string_view body) {
  const auto object = parse_object(body, kMaxBody);
  if (!object) return std::unexpected(object.error());
  ChatRequest request;
  auto model = string_field(*object, "model", kDefaultModel);
  if (!model) return std::unexpected(model.error());
  request.model = std::move(*model);
  auto messages = parse_messages(*object);
  if (!messages) return std::unexpected(messages.error());
  request.messages = std::move(*messages);
  const auto stream = bool_field(*object, "stream", false);
  if (!stream) return std::unexpected(stream.error());
  request.stream = *stream;
  if (const auto options = object->find("stream_options");
      options != object->end() && options->is_object()) {
    const auto include = bool_field(*options, "include_usage", false);
    if (!include) return std::unexpected(include.error());
    request.include_usage = *include;
  }
  const auto max_tokens = parse_count(*object, {"max_completion_tokens", "max_tokens"});
  if (!max_tokens) return std::unexpected(max_tokens.error());
  request.max_tokens = *max_tokens;
  const auto choices = parse_count(*object, {"n"});
  if (!choices) return std::unexpected(choices.error());
  if (choices->value_or(1) != 1) return refuse("only one choice (n = 1) is made", "n");
  return request;
}

ChatReply make_chat_reply(const ChatRequest& request, std::string text, std::uint64_t number,
                          std::time_t created) {
  ChatReply reply{.id = fmt::format("chatcmpl-{:012x}", number),
                  .model = request.model,
                  .created = created,
                  .text = std::move(text)};
  for (const auto& message : request.messages) reply.prompt_words += count_words(message.text);
  reply.reply_words = count_words(reply.text);
  if (request.max_tokens && reply.reply_words > *request.max_tokens) {
    std::size_t end = 0;
    for (int i = 0; i < *request.max_tokens; ++i) end = word_end(reply.text, end);
    reply.text.resize(end);
    reply.reply_words = *request.max_tokens;
    reply.truncated = true;
  }
  return reply;
}

std::string chat_completion(const ChatReply& reply) {
  json object = envelope(reply, "chat.completion");
  object["choices"] = json::array({{{"index", 0},
                                    {"message", {{"role", "assistant"}, {"content", reply.text}}},
                                    {"finish_reason", finish_reason(reply)}}});
  object["usage"] = usage(reply);
  return to_text(object);
}

std::vector<std::string> chat_chunks(const ChatReply& reply, bool include_usage) {
  std::vector<std::string> events;
  json chunk = envelope(reply, "chat.completion.chunk");
  if (include_usage) chunk["usage"] = nullptr;
  const auto add = [&](json delta, json reason) {
    chunk["choices"] = json::array(
        {{{"index", 0}, {"delta", std::move(delta)}, {"finish_reason", std::move(reason)}}});
    events.push_back(fmt::format("data: {}\n\n", to_text(chunk)));
  };
  add({{"role", "assistant"}, {"content", ""}}, nullptr);
  for (std::size_t begin = 0; begin < reply.text.size();) {
    const std::size_t end = word_end(reply.text, begin);
    add({{"content", reply.text.substr(begin, end - begin)}}, nullptr);
    begin = end;
  }
  add(json::object(), finish_reason(reply));
  if (include_usage) {
    chunk["choices"] = json::array();
    chunk["usage"] = usage(reply);
    events.push_back(fmt::format("data: {}\n\n", to_text(chunk)));
  }
  events.emplace_back("data: [DONE]\n\n");
  return events;
}

}  // namespace eva::engine
