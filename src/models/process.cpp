#include "models/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

namespace eva::models {
namespace {

constexpr std::size_t kTailBytes = 1000;
constexpr int kSilenceMaxMs = 15 * 60 * 1000;
constexpr int kCommandNotFound = 127;

/// What the command printed last, from the beginning of a line.
std::string tail(const std::string& output) {
  std::size_t end = output.find_last_not_of(" \n\r");
  if (end == std::string::npos) return "no output";
  std::string text = output.substr(0, end + 1);
  if (text.size() > kTailBytes) {
    text.erase(0, text.size() - kTailBytes);
    text.erase(0, text.find('\n') + 1);
  }
  return text;
}

/// In the child: only async-signal-safe calls.
[[noreturn]] void become(char* const* argv, int output, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);  // it died before prctl
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  execvp(argv[0], argv);
  _exit(kCommandNotFound);
}

}  // namespace

Result<> run_command(const std::vector<std::string>& argv) {
  std::vector<char*> arguments;
  arguments.reserve(argv.size() + 1);
  for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);

  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return fail(ErrorCode::kIo, std::strerror(errno));
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == 0) become(arguments.data(), ends[1], parent);
  close(ends[1]);
  if (child < 0) {
    close(ends[0]);
    return fail(ErrorCode::kIo, std::strerror(errno));
  }

  std::string output;
  bool silent = false;
  char block[4096];
  while (true) {
    pollfd waiting{ends[0], POLLIN, 0};
    const int ready = poll(&waiting, 1, kSilenceMaxMs);
    if (ready < 0 && errno == EINTR) continue;
    silent = ready == 0;
    if (ready <= 0) break;
    const ssize_t got = read(ends[0], block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    output.append(block, static_cast<std::size_t>(got));
    if (output.size() > 64 * kTailBytes) output.erase(0, output.size() - 2 * kTailBytes);
  }
  close(ends[0]);
  if (silent) kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }

  if (silent) {
    return fail(ErrorCode::kTimeout, fmt::format("{} printed nothing for 15 minutes", argv[0]));
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  if (WIFEXITED(status) && WEXITSTATUS(status) == kCommandNotFound) {
    return fail(ErrorCode::kNotFound, fmt::format("there is no command {}", argv[0]));
  }
  const std::string how = WIFEXITED(status) ? fmt::format("exit code {}", WEXITSTATUS(status))
                                            : fmt::format("signal {}", WTERMSIG(status));
  return fail(ErrorCode::kUnavailable,
              fmt::format("{} failed ({}): {}", argv[0], how, tail(output)));
}

}  // namespace eva::models
