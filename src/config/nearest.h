#pragma once
// "Did you mean": the known name closest to a misspelt one.
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace eva::config {

/// Edits (insert, delete, replace, swap of neighbours) from a to b.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate with the fewest edits, the first of equals; nullopt when none is within a third of
/// the name's length (at least 2 edits) or when `name` is longer than 100 bytes.
std::optional<std::string> nearest(std::string_view name, std::span<const std::string> candidates);

}  // namespace eva::config
