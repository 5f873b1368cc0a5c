#pragma once
// Texts in a recording: as JSON, and as mere shapes.
#include <string>
#include <string_view>

namespace eva::replay {

/// Appends `text` as a JSON string; as {"base64": "..."} where it is no valid UTF-8, so that
/// nothing is lost.
void append_text(std::string& out, std::string_view text);

/// The same bytes without their meaning: letters become x, digits 0, the rest of Unicode one
/// character per length; spaces and ASCII punctuation stay, since clauses are cut there. Of two
/// texts put together it is the two shapes put together, and of a shape the shape itself.
std::string shape_of(std::string_view text);

}  // namespace eva::replay
