#include "engine/service_json.h"

#include <fmt/format.h>

#include <algorithm>

namespace eva::engine {

ApiResult<nlohmann::json> parse_object(std::string_view text, std::size_t max_bytes) {
  using nlohmann::json;
  if (text.size() > max_bytes) {
    return std::unexpected(
        ApiError{.status = 413,
                 .message = fmt::format("the request body is over {} KiB", max_bytes / 1024),
                 .code = "request_too_large"});
  }
  bool too_deep = false;
  const auto watch_depth = [&too_deep](int depth, json::parse_event_t, json&) {
    too_deep = too_deep || depth > kMaxJsonDepth;
    return !too_deep;
  };
  json value = json::parse(text, watch_depth, /*allow_exceptions=*/false);
  if (too_deep) return refuse(fmt::format("JSON nested deeper than {} levels", kMaxJsonDepth));
  if (!value.is_object()) return refuse("the request body must be a JSON object");
  return value;
}

std::string to_text(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

io::HttpResponse json_response(int status, const nlohmann::json& body) {
  return {
      .status = status, .headers = {{"Content-Type", "application/json"}}, .body = to_text(body)};
}

ApiResult<std::string> string_field(const nlohmann::json& object, const char* name,
                                    std::string fallback) {
  const auto field = object.find(name);
  if (field == object.end() || field->is_null()) return fallback;
  if (!field->is_string()) return refuse(fmt::format("\"{}\" must be a string", name), name);
  return field->get<std::string>();
}

ApiResult<bool> bool_field(const nlohmann::json& object, const char* name, bool fallback) {
  const auto field = object.find(name);
  if (field == object.end() || field->is_null()) return fallback;
  if (!field->is_boolean()) return refuse(fmt::format("\"{}\" must be true or false", name), name);
  return field->get<bool>();
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & '\xC0') != '\x80'; }));
}

int count_words(std::string_view text) {
  int words = 0;
  bool inside = false;
  for (const char c : text) {
    const bool space = c == ' ' || (c >= '\t' && c <= '\r');
    if (!space && !inside) ++words;
    inside = !space;
  }
  return words;
}

}  // namespace eva::engine
