#pragma once
// The page, built by Vite and compiled into the program.
#include <optional>
#include <string_view>

#include "io/http.h"

namespace eva::server {

/// The answer to GET `path`, or nullopt if the page has no such file. "/" is index.html. Hashed
/// assets may be cached for ever, the rest must be asked for again.
std::optional<io::HttpResponse> page(std::string_view path);

}  // namespace eva::server
