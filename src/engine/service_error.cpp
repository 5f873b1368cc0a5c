#include "engine/service_error.h"

#include "engine/service_json.h"

namespace eva::engine {
namespace {
nlohmann::json text_or_null(const std::string& text) {
  return text.empty() ? nlohmann::json(nullptr) : nlohmann::json(text);
}
}  // namespace

std::string_view error_type(int status) {
  if (status == 401) return "authentication_error";
  if (status == 429) return "rate_limit_error";
  return status < 500 ? "invalid_request_error" : "server_error";
}

ApiError to_api_error(const Error& error) {
  ApiError result{.message = error.detail};
  switch (error.code) {
    case ErrorCode::kBadInput:
      result.status = 400;
      break;
    case ErrorCode::kNotFound:
      result.status = 404;
      break;
    case ErrorCode::kUnauthorized:
      result.status = 401;
      result.code = "invalid_api_key";
      break;
    case ErrorCode::kOverloaded:
      result.status = 429;
      result.code = "rate_limit_exceeded";
      result.retry_after_s = 1;
      break;
    case ErrorCode::kUnreachable:
    case ErrorCode::kUnavailable:
      result.status = 503;
      result.code = "engine_not_ready";
      result.retry_after_s = 1;
      break;
    case ErrorCode::kTimeout:
      result.status = 504;
      result.code = "timeout";
      break;
    default:
      result.status = 500;
  }
  return result;
}

io::HttpResponse to_response(const ApiError& error) {
  const nlohmann::json body = {{"error",
                                {{"message", error.message},
                                 {"type", error_type(error.status)},
                                 {"param", text_or_null(error.param)},
                                 {"code", text_or_null(error.code)}}}};
  io::HttpResponse response = json_response(error.status, body);
  if (error.retry_after_s > 0) {
    response.headers.emplace_back("Retry-After", std::to_string(error.retry_after_s));
  }
  if (error.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

}  // namespace eva::engine
