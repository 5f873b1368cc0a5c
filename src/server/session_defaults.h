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

/// What ends turns under these settings.
std::unique_ptr<turn::EndOfTurn> end_of_turn(const turn::TurnSettings& settings);

/// `model` outlives the session.
session::SessionParts session_parts(const config::Config& config, const vad::SileroModel& model,
                                    std::shared_ptr<const turn::Lexicon> lexicon,
                                    session::Settings settings, std::string id_suffix);

}  // namespace eva::server
