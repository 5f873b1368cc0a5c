#pragma once
// The subcommands. Each returns the exit code of the program.
#include <string>
#include <vector>

#include "cli/listen_options.h"
#include "cli/settings.h"
#include "cli/talk_files.h"

namespace eva::cli {

int serve_command(const SettingsFlags& flags);
int engine_command(const SettingsFlags& flags);
int doctor_command(const SettingsFlags& flags);

/// Over a recording: 128 + the signal when one ended it; nothing is written then. Through the
/// microphone a signal hangs up: 0.
int talk_command(const SettingsFlags& flags, const TalkOptions& options);
/// Its second half, without a recording.
int live_talk(const config::Config& config, const TalkOptions& options);

/// 128 + the signal when one ended it: texts told and subtitles written until then stay.
int listen_command(const SettingsFlags& flags, ListenOptions& options);

struct ReplayOptions {
  std::string folder;
  std::vector<std::string> sets;  // "turn.silence_ms=300"
  std::string svg;                // "" = no picture
  std::string out;                // "" = no sound
};
/// 1 if the core decides otherwise than it had, or something is wrong.
int replay_command(const ReplayOptions& options);

/// Path of this program, for starting the engine child.
std::string own_path();

}  // namespace eva::cli
