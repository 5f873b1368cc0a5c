#pragma once
// The subcommands. Each returns the exit code of the program.
#include <string>

#include "cli/listen_options.h"
#include "cli/settings.h"
#include "cli/talk_files.h"

namespace eva::cli {

int serve_command(const SettingsFlags& flags);
int engine_command(const SettingsFlags& flags);
int doctor_command(const SettingsFlags& flags);

/// 128 + the signal when one ended it; nothing is written then.
int talk_command(const SettingsFlags& flags, const TalkOptions& options);

/// 128 + the signal when one ended it: texts told and subtitles written until then stay.
int listen_command(const SettingsFlags& flags, ListenOptions& options);

/// Path of this program, for starting the engine child.
std::string own_path();

}  // namespace eva::cli
