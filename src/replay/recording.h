#pragma once
// A recorded call, read from its folder.
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "replay/form.h"
#include "replay/json_reader.h"
#include "session/events.h"

namespace eva::replay {

/// One line: what happened, and what the session decided.
struct RecordedEvent {
  Time at;
  session::Event event;              // audio lies in the recording
  std::vector<float> probabilities;  // that the detector gave for it
  std::string actions;  // JSON, brought into one form; "" = the session decided nothing
  std::string failed;   // a bug ended the session here, "" = none
};

struct Recording {
  Header header;
  std::vector<RecordedEvent> events;
  std::string end;  // why it ended: "closed", or why it is incomplete
  AudioSupply audio;
};

/// Reads call.jsonl and the sound files of a folder. A recording that broke off (the program was
/// killed, the disk full) is read up to its last whole line. kNotFound: no such folder, or it holds
/// no recording. kBadInput: it is damaged, or of another format; the error names the line.
Result<Recording> read_recording(const std::filesystem::path& folder);

/// The same from memory; `audio` holds the sound files' samples already.
Result<Recording> parse_recording(std::string_view lines, AudioSupply audio);

/// JSON text in one form: equal values, equal text.
std::string one_form(std::string_view json);

}  // namespace eva::replay
