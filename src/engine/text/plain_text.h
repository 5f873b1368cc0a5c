#pragma once
// The first step of reading aloud: whatever a person or a model wrote, as one clean line per
// paragraph.
#include <string>
#include <string_view>

namespace eva::text {

/// UTF-8 in (invalid bytes are dropped), out: ASCII plus the signs ¢ £ ¥ ° µ € ₹ Ω, which later
/// rules need. Lone Greek letters become their names, exponents words, formulas and emoticons lose
/// their signs (latex.h, emoticon.h). Accented letters lose their marks (composed or decomposed),
/// curly quotes and dashes become plain ones, emoji and scripts other than Latin become a space.
/// Markdown and HTML tags lose their marks (markdown.h). Paragraphs, headings and list items are
/// one line each, separated by '\n'; all but the last end with a sentence mark.
std::string plain_text(std::string_view text);

}  // namespace eva::text
