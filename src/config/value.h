#pragma once
// The value of one key, before it enters the Config, and its text form.
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace eva::config {

/// Durations are whole milliseconds; an enum is the index of its choice; monostate = not set.
using Value =
    std::variant<std::monostate, bool, std::int64_t, double, std::string, std::vector<std::string>>;

/// `text` as a TOML basic string, quoted; control characters are escaped, so the result is safe on
/// a terminal. Bytes that are not UTF-8 are kept.
std::string quote(std::string_view text);

/// The first `bytes_max` bytes of `text`, cut between UTF-8 characters, with "..." when cut.
std::string shorten(std::string_view text, std::size_t bytes_max);

}  // namespace eva::config
