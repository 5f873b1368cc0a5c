#pragma once
// Runs test_server.py for a test, on a free port of this machine.
#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace eva::models {

/// Ends the server when destroyed. Tests run in the source folder.
class TestServer {
 public:
  /// Serves the files of `folder`; over TLS when a certificate is given.
  explicit TestServer(const std::filesystem::path& folder,
                      const std::filesystem::path& certificate = {},
                      const std::filesystem::path& key = {});
  ~TestServer();

  /// "http://127.0.0.1:PORT" or "https://localhost:PORT".
  const std::string& address() const { return address_; }
  /// "GET /path RANGE" of every request so far, "-" for no range.
  std::vector<std::string> requests();

 private:
  std::string read_line();

  pid_t pid_ = -1;
  int to_ = -1;
  int from_ = -1;
  std::string pending_;
  std::vector<std::string> requests_;
  std::string address_;
};

/// A folder of its own for the running test, removed with its content when destroyed.
class TestFolder {
 public:
  TestFolder();
  ~TestFolder();
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path write(const std::string& name, const std::string& content) const;
  static std::string read(const std::filesystem::path& file);

 private:
  std::filesystem::path path_;
};

}  // namespace eva::models
