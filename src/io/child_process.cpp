#include "io/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "io/loop_impl.h"
#include "io/unique_fd.h"

namespace eva::io {
namespace asio = boost::asio;
namespace {

std::string describe(int status) {
  if (WIFEXITED(status)) return fmt::format("exit code {}", WEXITSTATUS(status));
  if (WIFSIGNALED(status)) return fmt::format("killed by signal {}", WTERMSIG(status));
  return fmt::format("status {}", status);
}

/// waitpid() until it is not interrupted; the status, or that of a failed exec if there is none.
int reap(int pid) {
  int status = 127 << 8;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

/// What the child needs for execve(), made before the fork: a forked child of a program with
/// threads must not allocate.
class ExecImage {
 public:
  explicit ExecImage(const ChildOptions& options) : arguments_(options.argv) {
    for (char** entry = environ; *entry; ++entry) {
      const std::string_view text(*entry);
      const std::string_view name = text.substr(0, text.find('='));
      // The first of two equal names would win, so the parent's is left out.
      if (std::ranges::none_of(options.env, [&](const auto& own) { return own.first == name; })) {
        environment_.emplace_back(text);
      }
    }
    for (const auto& [name, value] : options.env) environment_.push_back(name + "=" + value);
    for (std::string& text : arguments_) argv_.push_back(text.data());
    for (std::string& text : environment_) env_.push_back(text.data());
    argv_.push_back(nullptr);
    env_.push_back(nullptr);
  }

  /// Returns only if it fails, with errno set.
  void execute() const { execve(argv_.front(), argv_.data(), env_.data()); }

 private:
  std::vector<std::string> arguments_;
  std::vector<std::string> environment_;
  std::vector<char*> argv_;
  std::vector<char*> env_;
};

/// The child's side of the fork: only calls that are safe there. `report` gets errno if exec fails.
[[noreturn]] void become(const ExecImage& image, int parent, int nice_by, int report) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);  // the parent died in between
  // Ctrl-C on the terminal reaches the parent alone, which ends the child in order.
  setpgid(0, 0);
  if (nice_by != 0) setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + nice_by);
  // Not every library opens its files close-on-exec; this covers them all (Linux 5.11).
  syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
  image.execute();
  const int error = errno;
  [[maybe_unused]] const auto n = write(report, &error, sizeof error);
  _exit(127);
}

class Child final : public ChildProcess {
 public:
  Child(EventLoop& loop, int pid, UniqueFd handle,
        std::move_only_function<void(std::string)> on_exit)
      : state_(std::make_shared<State>(loop, pid, std::move(on_exit))) {
    state_->handle.assign(handle.release());
    // A pidfd becomes readable when the process ends.
    state_->handle.async_wait(asio::posix::stream_descriptor::wait_read,
                              [state = state_](boost::system::error_code error) {
                                if (error || state->is_reaped) return;
                                const int status = reap(state->pid);
                                state->is_reaped = true;
                                auto on_end = std::exchange(state->on_exit, nullptr);
                                on_end(describe(status));
                              });
  }

  ~Child() override {
    if (state_->is_reaped) return;
    state_->is_reaped = true;
    kill(state_->pid, SIGKILL);
    reap(state_->pid);
    state_->on_exit = nullptr;
    state_->handle.close();  // ends the wait, which holds the state
  }

  int pid() const override { return state_->pid; }
  void terminate() override {
    if (!state_->is_reaped) kill(state_->pid, SIGTERM);
  }

 private:
  // Shared with the pending wait, whose handler may already be queued when the child is destroyed.
  struct State {
    State(EventLoop& loop, int the_pid, std::move_only_function<void(std::string)> the_on_exit)
        : pid(the_pid), handle(loop.impl().context), on_exit(std::move(the_on_exit)) {}
    const int pid;
    asio::posix::stream_descriptor handle;
    std::move_only_function<void(std::string)> on_exit;
    bool is_reaped = false;
  };
  const std::shared_ptr<State> state_;
};

}  // namespace

Result<std::unique_ptr<ChildProcess>> ChildProcess::spawn(
    EventLoop& loop, const ChildOptions& options,
    std::move_only_function<void(std::string)> on_exit) {
  EVA_CHECK(!options.argv.empty() && on_exit);
  const ExecImage image(options);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {  // exec closes it, which is how success is told
    return fail(ErrorCode::kIo, fmt::format("pipe: {}", std::strerror(errno)));
  }
  const UniqueFd result(ends[0]);
  UniqueFd report(ends[1]);
  const int parent = getpid();
  const int pid = fork();
  if (pid < 0) return fail(ErrorCode::kIo, fmt::format("fork: {}", std::strerror(errno)));
  if (pid == 0) become(image, parent, options.nice, report.get());

  report = UniqueFd();
  int error = 0;
  ssize_t n = 0;
  while ((n = read(result.get(), &error, sizeof error)) < 0 && errno == EINTR) {
  }
  if (n == sizeof error) {
    reap(pid);
    return fail(ErrorCode::kIo,
                fmt::format("cannot start {}: {}", options.argv.front(), std::strerror(error)));
  }
  UniqueFd handle(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (!handle) {
    const std::string why = std::strerror(errno);
    kill(pid, SIGKILL);
    reap(pid);
    return fail(ErrorCode::kIo, "pidfd_open: " + why + " (Linux 5.3 or later is needed)");
  }
  return std::make_unique<Child>(loop, pid, std::move(handle), std::move(on_exit));
}

}  // namespace eva::io
