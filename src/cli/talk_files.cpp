#include "cli/talk_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace eva::cli {
namespace {

namespace fs = std::filesystem;

/// Of a file that need not exist.
fs::path place(const std::string& name) {
  std::error_code error;
  const fs::path full = fs::absolute(name, error);
  const fs::path real = fs::weakly_canonical(full, error);
  return error ? full : real;
}

bool same_file(const std::string& a, const std::string& b) {
  std::error_code error;
  if (fs::is_character_file(a, error)) return false;  // both may go to /dev/null
  if (fs::exists(a, error) && fs::exists(b, error)) return fs::equivalent(a, b, error);
  return place(a) == place(b);
}

Result<> check_writable(const std::string& name) {
  const auto refuse = [&](const std::string& why) {
    return fail(ErrorCode::kIo, name + ": cannot be written: " + why);
  };
  std::error_code error;
  if (fs::is_directory(name, error)) return refuse("it is a folder");
  if (fs::exists(name, error)) {  // not opened: it may be a pipe, whose reader would see the end
    if (access(name.c_str(), W_OK) != 0) return refuse(std::strerror(errno));
    return {};
  }
  const int file = open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return refuse(std::strerror(errno));
  close(file);
  unlink(name.c_str());
  return {};
}

}  // namespace

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
  if (!options.record.empty() && fs::exists(options.record, error)) {
    return refuse("--record " + options.record + " exists already");
  }
  if (auto writable = check_writable(options.out); !writable) return writable;
  return ledger_file ? check_writable(options.json) : Result<>();
}

}  // namespace eva::cli
