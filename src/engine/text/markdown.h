#pragma once
// Markdown and simple HTML as running text.
#include <string>
#include <string_view>

namespace eva::text {

/// Removes emphasis marks, backticks, headings' '#', quote and bullet marks, rules, code fences
/// (their content stays), table frames, tags and the addresses of links ("[docs](https://x.y)" ->
/// "docs"). "1. Open" becomes "1, Open". Wrapped lines are joined; each paragraph, heading and item
/// becomes one line, and all but the last end with a sentence mark.
std::string strip_markdown(std::string_view text);

}  // namespace eva::text
