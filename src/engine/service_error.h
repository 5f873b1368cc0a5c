#pragma once
// Refusals as OpenAI's clients know them: {"error":{"message","type","param","code"}}.
#include <expected>
#include <string>
#include <string_view>

#include "base/error.h"
#include "io/http.h"

namespace eva::engine {

struct ApiError {
  int status = 400;
  std::string message;
  std::string param;      // the field that is wrong, "" = null
  std::string code;       // "invalid_value", "rate_limit_exceeded"…, "" = null
  int retry_after_s = 0;  // sent as Retry-After unless 0
};

template <typename T>
using ApiResult = std::expected<T, ApiError>;

inline std::unexpected<ApiError> refuse(std::string message, std::string param = "",
                                        std::string code = "invalid_value") {
  return std::unexpected(ApiError{.status = 400,
                                  .message = std::move(message),
                                  .param = std::move(param),
                                  .code = std::move(code)});
}

/// kBadInput 400, kNotFound 404, kUnauthorized 401, kOverloaded 429 (Retry-After: 1), kUnavailable
/// 503 (Retry-After: 1), kTimeout 504, anything else 500.
ApiError to_api_error(const Error& error);

/// What OpenAI calls errors of this status: "invalid_request_error", "server_error" ...
std::string_view error_type(int status);

io::HttpResponse to_response(const ApiError& error);

}  // namespace eva::engine
