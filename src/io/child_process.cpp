#include "io/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "io/loop_impl.h"

namespace eva::io {
namespace asio = boost::asio;
namespace {

std::string describe(int status) {
  if (WIFEXITED(status)) return fmt::format("exit code {}", WEXITSTATUS(status));
  if (WIFSIGNALED(status)) return fmt::format("killed by signal {}", WTERMSIG(status));
  return fmt::format("status {}", status);
}

class ChildImpl final : public ChildProcess {
 public:
  ChildImpl(EventLoop& loop, int pid, int handle,
            std::move_only_function<void(std::string)> on_exit)
      : pid_(pid), handle_(loop.impl().context, handle), on_exit_(std::move(on_exit)) {
    // A pidfd becomes readable when the process ends (Linux 5.3).
    handle_.async_wait(asio::posix::stream_descriptor::wait_read,
                       [this](boost::system::error_code error) {
                         if (error) return;  // destroyed
                         int status = 0;
                         waitpid(pid_, &status, 0);
                         reaped_ = true;
                         auto on_end = std::move(on_exit_);
                         on_end(describe(status));
                       });
  }
  ~ChildImpl() override {
    if (reaped_) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  int pid() const override { return pid_; }
  void terminate() override {
    if (!reaped_) kill(pid_, SIGTERM);
  }

 private:
  int pid_;
  bool reaped_ = false;
  asio::posix::stream_descriptor handle_;
  std::move_only_function<void(std::string)> on_exit_;
};

}  // namespace

Result<std::unique_ptr<ChildProcess>> ChildProcess::spawn(
    EventLoop& loop, const ChildOptions& options,
    std::move_only_function<void(std::string)> on_exit) {
  // Everything that allocates happens before the fork: the parent has threads.
  std::vector<std::string> environment;
  for (char** entry = environ; *entry; ++entry) environment.emplace_back(*entry);
  for (const auto& [name, value] : options.env) environment.push_back(name + "=" + value);
  std::vector<char*> env;
  for (auto& entry : environment) env.push_back(entry.data());
  env.push_back(nullptr);
  std::vector<std::string> arguments = options.argv;
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  int failure[2];  // the child writes errno here if exec fails; exec closes it otherwise
  if (pipe2(failure, O_CLOEXEC) != 0) {
    return fail(ErrorCode::kIo, fmt::format("pipe: {}", std::strerror(errno)));
  }
  const int parent = getpid();
  const int pid = fork();
  if (pid < 0) {
    close(failure[0]);
    close(failure[1]);
    return fail(ErrorCode::kIo, fmt::format("fork: {}", std::strerror(errno)));
  }
  if (pid == 0) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);  // the parent died in between
    setpgid(0,
            0);  // Ctrl-C on the terminal reaches the parent alone, which ends the child in order
    setpriority(PRIO_PROCESS, 0, options.nice);
    close_range(3, static_cast<unsigned>(failure[1]) - 1, 0);
    close_range(static_cast<unsigned>(failure[1]) + 1, ~0U, 0);
    execve(argv[0], argv.data(), env.data());
    const int error = errno;
    [[maybe_unused]] const auto n = write(failure[1], &error, sizeof error);
    _exit(127);
  }
  close(failure[1]);
  int error = 0;
  const auto n = read(failure[0], &error, sizeof error);
  close(failure[0]);
  if (n == sizeof error) {
    waitpid(pid, nullptr, 0);
    return fail(ErrorCode::kIo,
                fmt::format("cannot start {}: {}", options.argv[0], std::strerror(error)));
  }
  const int handle = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (handle < 0) {
    const std::string why = std::strerror(errno);
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    return fail(ErrorCode::kIo, "pidfd_open: " + why + " (Linux 5.3 or later is needed)");
  }
  return std::make_unique<ChildImpl>(loop, pid, handle, std::move(on_exit));
}

}  // namespace eva::io
