#pragma once
// Questions about the time and the date.
#include <ctime>
#include <optional>
#include <string>

#include "brain/tokens.h"

namespace eva::brain {

/// The answer to a question for the time, the day, the date, the month or the year: now, or a known
/// distance away ("in two hours", "3 days ago", "next Friday"). All of `question` must be
/// understood: "what time" has an answer, "what time is the meeting" has none (nullopt).
std::optional<std::string> calendar_answer(Tokens question, const std::tm& local);

}  // namespace eva::brain
