#pragma once
// Text files compiled into the program (embed.cmake).
#include <string_view>

namespace eva::models {

/// "catalogue.toml", "requirements.txt" or a script of tools/models; "" for any other name.
std::string_view resource(std::string_view name);

}  // namespace eva::models
