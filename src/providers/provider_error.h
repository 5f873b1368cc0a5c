#pragma once
// What a provider's refusal means to Eva.
#include <string_view>

#include "base/error.h"

namespace eva::providers {

inline constexpr std::size_t kMaxErrorBody = 16 << 10;  // more of a refusal is not read
inline constexpr std::size_t kMaxErrorMessage = 200;    // bytes of the provider's own words

/// 401 and 403 kUnauthorized, 404 kNotFound, 429 kOverloaded, 408 and 5xx kUnavailable, other 4xx
/// kBadInput, anything else kProtocol. The detail is "WHERE: MESSAGE": the provider's message, one
/// line, at most kMaxErrorMessage bytes, `api_key` blotted out; "HTTP 500" where it says nothing.
Error status_error(int status, std::string_view body, std::string_view where,
                   std::string_view api_key);

/// The message in an OpenAI error body ({"error":{"message":…}} and its common variants) or the
/// text itself, shortened and cleaned as above. May be "".
std::string provider_message(std::string_view body, std::string_view api_key);

}  // namespace eva::providers
