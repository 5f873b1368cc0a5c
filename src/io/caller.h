#pragma once
// What a request's headers tell about who sent it.
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "io/http.h"

namespace eva::io {

/// A `Host` that only programs of this machine use: localhost, 127.x, [::1], with or without a
/// port, or none. A web page that made its own name resolve to 127.0.0.1 sends that name.
bool is_local_host(std::string_view host);

/// What stands behind "Bearer " (in any case, RFC 9110) in `Authorization`, as it was sent.
std::optional<std::string_view> bearer_key(const Headers& headers);

/// Takes the same time wherever the texts differ.
bool is_one_of(std::string_view key, std::span<const std::string> secrets);

}  // namespace eva::io
