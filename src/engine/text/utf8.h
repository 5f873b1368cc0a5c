#pragma once
// UTF-8 to code points and back.
#include <string>
#include <string_view>

namespace eva::text {

/// Bytes that are not valid UTF-8 (overlong forms, surrogates, cut sequences) are dropped.
std::u32string decode_utf8(std::string_view bytes);

/// Appends one code point; `code` must be a valid scalar value.
void append_utf8(std::string& out, char32_t code);

}  // namespace eva::text
