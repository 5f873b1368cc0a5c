#include "models/test_server.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace eva::models {

namespace fs = std::filesystem;

TestServer::TestServer(const fs::path& folder, const fs::path& certificate, const fs::path& key) {
  int in[2], out[2];
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  std::vector<std::string> arguments = {"python3", "src/models/test_server.py", folder.string()};
  if (!certificate.empty()) {
    arguments.push_back(certificate.string());
    arguments.push_back(key.string());
  }
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(in[0], STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    execvp("python3", argv.data());
    _exit(127);
  }
  close(in[0]);
  close(out[1]);
  to_ = in[1];
  from_ = out[0];
  const std::string port = read_line();
  if (port.empty()) throw std::runtime_error("src/models/test_server.py did not start");
  address_ = (certificate.empty() ? "http://127.0.0.1:" : "https://localhost:") + port;
  fcntl(from_, F_SETFL, O_NONBLOCK);
}

TestServer::~TestServer() {
  close(to_);
  close(from_);
  waitpid(pid_, nullptr, 0);
}

std::string TestServer::read_line() {
  char c = 0;
  while (read(from_, &c, 1) == 1) {
    if (c == '\n') return std::exchange(pending_, "");
    pending_ += c;
  }
  return "";
}

std::vector<std::string> TestServer::requests() {
  // The server prints a request before it answers it, so all that a client saw answered are here.
  for (std::string line = read_line(); !line.empty(); line = read_line()) requests_.push_back(line);
  return requests_;
}

TestFolder::TestFolder()
    : path_(fs::temp_directory_path() /
            ("eva-models-" + std::to_string(getpid()) + "-" +
             testing::UnitTest::GetInstance()->current_test_info()->name())) {
  fs::create_directories(path_);
}

TestFolder::~TestFolder() {
  fs::remove_all(path_);
}

fs::path TestFolder::write(const std::string& name, const std::string& content) const {
  fs::path file = path_ / name;
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << content;
  return file;
}

std::string TestFolder::read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace eva::models
