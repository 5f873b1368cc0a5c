#pragma once
// The looks of a text, as RealtimeSTT's options have them.
#include <string>

namespace eva::recorder {

struct TextFinish {
  bool uppercase_start = true;  // ensure_sentence_starting_uppercase
  bool period_end = true;       // ensure_sentence_ends_with_period
};

/// Blanks joined and trimmed; the first letter large (ASCII); a full stop behind a last letter or
/// digit (bytes beyond ASCII are taken for letters). "" stays "".
std::string finish_text(const std::string& text, const TextFinish& finish);

}  // namespace eva::recorder
