#pragma once
// Who is talking to whom, as far as the conversation says.
#include <optional>
#include <span>
#include <string>

#include "brain/tokens.h"
#include "speech/llm.h"

namespace eva::brain {

/// From a system message, "You are NAME" or "your name is NAME"; else "Eva".
std::string assistant_name(std::span<const speech::ChatMessage> conversation);

/// The name that a person gives in this part of a transcript: "My name is Anna", "call me Tom",
/// "I'm Anna Schmidt." (the last form only where nothing but a name can be meant).
std::optional<std::string> introduced_name(const Transcript& transcript, Tokens part);

/// The last name that the user gave in the conversation.
std::optional<std::string> user_name(std::span<const speech::ChatMessage> conversation);

}  // namespace eva::brain
