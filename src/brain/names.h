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

/// What a person says about their name.
struct NameStatement {
  std::string name;
  bool denied = false;  // "my name isn't Tom", "don't call me Tom"
};

/// From one clause: "My name is Anna", "call me Tom", "I'm Anna Schmidt." The last two forms, and
/// every denial, need a capital and nothing after the name. nullopt: nothing that can only be a
/// name.
std::optional<NameStatement> name_statement(const Transcript& transcript, Tokens clause);

/// The last name that the user gave in the conversation and did not deny since.
std::optional<std::string> user_name(std::span<const speech::ChatMessage> conversation);

}  // namespace eva::brain
