#pragma once
// The answer to one clause.
#include <cstdint>
#include <ctime>
#include <optional>
#include <span>
#include <string>

#include "brain/tokens.h"
#include "speech/llm.h"

namespace eva::brain {

/// What an answer may depend on. All of it outlives the call.
struct Scene {
  std::span<const speech::ChatMessage> before;  // the conversation up to the message to answer
  const Transcript& heard;                      // that message
  const std::tm& local;
  const std::string& assistant;  // its name
  const std::string& called;     // the same in lower case
  const std::optional<std::string>& user;
};

struct Answer {
  enum class Weight : std::uint8_t {
    kLight,  // a courtesy that may be left out beside a real answer
    kReal,
    kUrgent,  // to be told alone
  };

  std::string text;
  Weight weight = Weight::kReal;
};

/// nullopt: not understood. `clause` is a part of scene.heard and not empty.
std::optional<Answer> answer(const Scene& scene, Tokens clause);

/// The last message of that role, if any.
const speech::ChatMessage* last_of(std::span<const speech::ChatMessage> conversation,
                                   speech::ChatMessage::Role role);

}  // namespace eva::brain
