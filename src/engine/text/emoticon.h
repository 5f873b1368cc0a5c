#pragma once
// Faces and hearts written with punctuation.
#include <cstddef>
#include <string_view>

namespace eva::text {

/// The length of the emoticon that `text` begins with (":-)", ";P", "<3"), 0 when there is none.
/// What stands before it is the caller's business; behind it must be a space, a mark or the end.
std::size_t emoticon_length(std::string_view text);

}  // namespace eva::text
