#pragma once
// The built-in offline brain: answers small things truthfully, says what it cannot do, and never
// pretends to be a language model. Pure: the answer follows from the conversation and the local time.
#include <ctime>
#include <span>
#include <string>

#include "speech/llm.h"

namespace eva::brain {

/// The reply to the last user message. `local` is the time to tell when asked. Never empty.
std::string reply(std::span<const speech::ChatMessage> conversation, const std::tm& local);

}  // namespace eva::brain
