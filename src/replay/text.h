#pragma once
// Texts in a recording: as JSON, and as mere shapes.
#include <string>
#include <string_view>

#include "turn/lexicon.h"

namespace eva::replay {

/// Appends `text` as a JSON string; as {"base64": "..."} where it is no valid UTF-8, so that
/// nothing is lost.
void append_text(std::string& out, std::string_view text);

/// The same bytes without their meaning: letters become x, digits 0, the rest of Unicode one
/// character per length; spaces and ASCII punctuation stay, since clauses are cut there. Of two
/// texts put together it is the two shapes put together, and of a shape the shape itself.
std::string shape_of(std::string_view text);

/// The same, but what is said over a speaker can still be judged (turn/lexicon.h): the letters of
/// words of stop phrases become s, those of backchannels b. The shapes of both are equal.
std::string speech_shape_of(std::string_view text, const turn::Lexicon& lexicon);

}  // namespace eva::replay
