#pragma once
// What all voices do alike: check the request, cut it into clauses, put pauses between them.
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/error.h"

namespace eva::engine {

/// The sound of one clause at kVoiceRate without silence around it; empty when it has none.
using ClauseSynthesis = std::function<Result<std::vector<std::int16_t>>(const std::string& clause)>;

/// Voice::speak() for a voice that can make clauses; below speed 1 they are shorter in proportion,
/// so that none makes more audio than at speed 1. The pause before a clause (at speed 1: 120 ms
/// after a comma, 300 ms after a sentence, none where a clause was cut at a space) comes with the
/// clause, so nothing but speech is sent for the first and nothing follows the last.
Result<> speak_clauses(const std::string& text, double speed, const ClauseSynthesis& synthesise,
                       const std::function<bool(std::span<const std::int16_t>)>& on_audio,
                       const CancelToken& cancel);

}  // namespace eva::engine
