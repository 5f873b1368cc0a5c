#pragma once
// JSON at the service's edge: bounded on the way in, always valid UTF-8 on the way out. For this
// folder's sources only.
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "engine/service_error.h"
#include "io/http.h"

namespace eva::engine {

inline constexpr int kMaxJsonDepth = 32;

/// The object in `text`. 400: not JSON, not UTF-8, not an object, nested deeper than kMaxJsonDepth.
/// 413: more than `max_bytes`.
ApiResult<nlohmann::json> parse_object(std::string_view text, std::size_t max_bytes);

/// Compact text; bytes that are not UTF-8 become U+FFFD.
std::string to_text(const nlohmann::json& value);

io::HttpResponse json_response(int status, const nlohmann::json& body);

/// A field that may be absent or null (then `fallback`). 400 naming the field: another type.
ApiResult<std::string> string_field(const nlohmann::json& object, const char* name,
                                    std::string fallback);
ApiResult<bool> bool_field(const nlohmann::json& object, const char* name, bool fallback);

/// Code points of valid UTF-8.
std::size_t count_characters(std::string_view text);

/// Runs of what is not white space; the service's unit of "tokens".
int count_words(std::string_view text);

}  // namespace eva::engine
