#pragma once
// The built-in offline brain: answers small things truthfully, says what it cannot do, and never
// pretends to be a language model. Pure: the answer follows from the conversation and the local
// time.
#include <ctime>
#include <span>
#include <string>

#include "speech/llm.h"

namespace eva::brain {

/// The reply to the last user message, for the ear: plain short sentences, no markup, valid UTF-8,
/// mostly under 300 bytes and at most about 6 kB (four times "count to 100"). Never empty; greets
/// where no user message stands. `local` is the time to tell when asked; only its year, month, day,
/// hour and minute are read. Names, "say that again" and the wording of "I cannot answer that" come
/// from the conversation. Takes any text of any length (only the first 300 words are understood;
/// "repeat after me" gives back at most 600 characters). Thread-safe, never blocks; takes up to
/// about 0.1 ms, and 0.4 ms after 200 short turns.
std::string reply(std::span<const speech::ChatMessage> conversation, const std::tm& local);

}  // namespace eva::brain
