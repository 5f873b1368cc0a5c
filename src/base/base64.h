#pragma once
// Base64 (RFC 4648, standard alphabet, padded).
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eva {

/// Appends the encoding of `bytes` to `out`.
void base64_append(std::string& out, std::span<const std::uint8_t> bytes);
/// nullopt unless the text is whole, padded and free of other characters.
std::optional<std::vector<std::uint8_t>> base64_decode(std::string_view text);

}  // namespace eva
