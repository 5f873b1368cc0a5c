#include "cli/talk_files.h"

#include <filesystem>
#include <system_error>

#include "cli/output_files.h"

namespace eva::cli {

Result<> check_talk_options(const TalkOptions& options) {
  const auto refuse = [](const char* what) { return fail(ErrorCode::kBadConfig, what); };
  if (options.input.empty()) {
    if (!options.out.empty() || !options.json.empty() || options.realtime) {
      return refuse(
          "--out, --json and --realtime go with a recording: eva talk INPUT --out FILE; a call "
          "through the microphone is kept with --record FOLDER");
    }
    return {};
  }
  if (!options.microphone.empty() || !options.loudspeaker.empty() || options.list_devices) {
    return refuse("--input, --output and --list-devices go without a recording");
  }
  if (options.out.empty()) return refuse("a recording needs --out FILE for the conversation");
  return {};
}

Result<> check_outputs(const TalkOptions& options) {
  const bool ledger_file = !options.json.empty() && options.json != "-";
  const auto refuse = [](const std::string& what) {
    return fail(ErrorCode::kBadConfig, what + "; choose another file");
  };
  if (same_file(options.out, options.input)) {
    return refuse("--out " + options.out + " is the recording itself");
  }
  if (ledger_file && same_file(options.json, options.input)) {
    return refuse("--json " + options.json + " is the recording itself");
  }
  if (ledger_file && same_file(options.json, options.out)) {
    return refuse("--out and --json are both " + options.json);
  }
  std::error_code error;
  if (!options.record.empty() && std::filesystem::exists(options.record, error)) {
    return refuse("--record " + options.record + " exists already");
  }
  if (auto writable = check_writable(options.out); !writable) return writable;
  return ledger_file ? check_writable(options.json) : Result<>();
}

}  // namespace eva::cli
