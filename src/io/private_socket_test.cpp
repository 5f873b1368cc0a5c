#include "io/private_socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "io/listener.h"

namespace eva::io {
namespace {

namespace fs = std::filesystem;
using ::testing::StartsWith;

/// Sets a variable of this process until destroyed.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    setenv(name, value.c_str(), 1);
  }
  ~Variable() { old_ ? setenv(name_, old_->c_str(), 1) : unsetenv(name_); }

 private:
  const char* name_;
  std::optional<std::string> old_;
};

class PrivateSocketTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) / ("eva_private_" + std::to_string(getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path deep() const {
    const fs::path path = folder_ / std::string(100, 'x');
    fs::create_directories(path);
    return path;
  }
  /// The path that is chosen, which somebody can listen on.
  static std::string usable_path() {
    const auto path = private_socket_path("eva-test");
    EXPECT_TRUE(path) << path.error().detail;
    if (!path) return {};
    EXPECT_TRUE(open_listener({.socket_path = *path})) << *path;
    return *path;
  }

  fs::path folder_;
};

TEST_F(PrivateSocketTest, LiesInTheRuntimeFolder) {
  const Variable runtime("XDG_RUNTIME_DIR", folder_.string());
  const std::string path = usable_path();
  EXPECT_EQ(fs::path(path).parent_path(), folder_);
  remove_private_socket(path);
  EXPECT_FALSE(fs::exists(path));
  EXPECT_TRUE(fs::exists(folder_));
}

TEST_F(PrivateSocketTest, LiesInAFolderOfItsOwnWhereTheRuntimeFolderIsTooLong) {
  const Variable runtime("XDG_RUNTIME_DIR", deep().string());
  const Variable temporary("TMPDIR", folder_.string());
  const std::string path = usable_path();
  EXPECT_THAT(path, StartsWith(folder_.string() + "/eva-"));
  EXPECT_EQ(fs::status(fs::path(path).parent_path()).permissions(), fs::perms::owner_all);
  remove_private_socket(path);
  EXPECT_FALSE(fs::exists(fs::path(path).parent_path()));
}

TEST_F(PrivateSocketTest, LiesBelowTmpWhereTheTemporaryFolderIsTooLongAsWell) {
  const Variable runtime("XDG_RUNTIME_DIR", deep().string());
  const Variable temporary("TMPDIR", deep().string());
  const std::string path = usable_path();
  EXPECT_THAT(path, StartsWith("/tmp/eva-"));
  remove_private_socket(path);
  EXPECT_FALSE(fs::exists(fs::path(path).parent_path()));
}

}  // namespace
}  // namespace eva::io
