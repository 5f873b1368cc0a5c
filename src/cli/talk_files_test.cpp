#include "cli/talk_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace eva::cli {
namespace {

namespace fs = std::filesystem;

class TalkFiles : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_);
    fs::current_path(folder_);
    for (const char* name : {"in.wav", "old.wav"}) std::ofstream(name) << "sound";
    fs::create_symlink("in.wav", "link.wav");
    fs::create_hard_link("in.wav", "hard.wav");
    fs::create_directory("folder");
  }
  void TearDown() override {
    fs::current_path(testing::TempDir());
    fs::remove_all(folder_);
  }
  const fs::path folder_ =
      fs::path(testing::TempDir()) / ("eva-talk-files-" + std::to_string(getpid()));
};

TEST_F(TalkFiles, AreCheckedBeforeTheWork) {
  struct Row {
    const char* out;
    const char* json;
    const char* error;  // its beginning, "" = right
  };
  const Row rows[] = {
      {"out.wav", "", ""},
      {"out.wav", "-", ""},
      {"out.wav", "out.json", ""},
      {"old.wav", "", ""},
      {"/dev/null", "/dev/null", ""},
      {"in.wav", "", "--out in.wav is the recording itself"},
      {"./folder/../in.wav", "", "--out ./folder/../in.wav is the recording itself"},
      {"link.wav", "", "--out link.wav is the recording itself"},
      {"hard.wav", "", "--out hard.wav is the recording itself"},
      {"out.wav", "in.wav", "--json in.wav is the recording itself"},
      {"new", "./new", "--out and --json are both ./new"},
      {"old.wav", "old.wav", "--out and --json are both old.wav"},
      {"folder", "", "folder: cannot be written: it is a folder"},
      {"nowhere/out.wav", "", "nowhere/out.wav: cannot be written: No such file"},
      {"out.wav", "nowhere/out.json", "nowhere/out.json: cannot be written: No such file"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(row.out) + " " + row.json);
    const auto right = check_outputs({.input = "in.wav", .out = row.out, .json = row.json});
    const std::string error = right ? "" : right.error().detail;
    EXPECT_EQ(right.has_value(), std::string(row.error).empty()) << error;
    EXPECT_TRUE(error.starts_with(row.error)) << error;
    for (const char* name : {"out.wav", "out.json", "new"}) EXPECT_FALSE(fs::exists(name)) << name;
    EXPECT_EQ(fs::file_size("in.wav"), 5u);
    EXPECT_EQ(fs::file_size("old.wav"), 5u);
  }
}

TEST(TalkOptionsTest, TakesARecordingOrTheMicrophone) {
  EXPECT_TRUE(check_talk_options({}));
  EXPECT_TRUE(check_talk_options({.record = "call", .microphone = "usb", .loudspeaker = "3"}));
  EXPECT_TRUE(check_talk_options({.list_devices = true}));
  EXPECT_TRUE(check_talk_options({.input = "in.wav", .out = "out.wav", .realtime = true}));
  for (const TalkOptions& wrong :
       {TalkOptions{.out = "out.wav"}, TalkOptions{.json = "-"}, TalkOptions{.realtime = true},
        TalkOptions{.input = "in.wav"},
        TalkOptions{.input = "in.wav", .out = "o", .microphone = "usb"},
        TalkOptions{.input = "in.wav", .out = "o", .loudspeaker = "1"},
        TalkOptions{.input = "in.wav", .out = "o", .list_devices = true}}) {
    const auto checked = check_talk_options(wrong);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, ErrorCode::kBadConfig);
  }
}

}  // namespace
}  // namespace eva::cli
