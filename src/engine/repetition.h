#pragma once
// Notices a decoder that repeats itself without end.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace eva::engine {

/// If `tokens` ends with the same group of 1 to 16 tokens at least three times in a row, over at
/// least 8 tokens (so that "no, no, no" stays speech): how many tokens to keep, the first group
/// included.
std::optional<std::size_t> cut_repetition(std::span<const std::int64_t> tokens);

}  // namespace eva::engine
