#pragma once
// The terminal that a command writes to.
#include <cstddef>
#include <string_view>

namespace eva::cli {

/// Begins the line anew, where can_rewrite_line().
inline constexpr const char* kClearLine = "\r\x1b[K";

/// The file descriptor is a terminal that knows a carriage return.
bool can_rewrite_line(int file);
/// Columns of standard output; 80 where nobody knows.
int terminal_width();
/// The last `most` characters of a text in UTF-8.
std::string_view last_characters(std::string_view text, std::size_t most);

}  // namespace eva::cli
