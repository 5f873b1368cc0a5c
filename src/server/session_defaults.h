#pragma once
// What a new session starts with, from the configuration.
#include <memory>
#include <string>

#include "config/config.h"
#include "session/session.h"
#include "transport/realtime_connection.h"
#include "vad/silero_vad.h"

namespace eva::server {

session::Settings session_settings(const config::Config& config);
session::Limits session_limits(const config::Config& config);
transport::RealtimeSession realtime_session(const config::Config& config);

/// The phrases of the configuration, for all sessions.
std::shared_ptr<const turn::Lexicon> lexicon(const config::Config& config);

/// True if what ends a turn hears it (turn.model).
bool needs_turn_model(const config::Config& config);

/// `model` outlives the session. `has_turn_model`: its engines have one.
session::SessionParts session_parts(const config::Config& config, const vad::SileroModel& model,
                                    bool has_turn_model,
                                    std::shared_ptr<const turn::Lexicon> lexicon,
                                    session::Settings settings, std::string id_suffix);

}  // namespace eva::server
