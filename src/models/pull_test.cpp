#include "models/pull.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <future>
#include <thread>

#include "models/digest.h"
#include "models/files.h"
#include "models/process.h"
#include "models/test_server.h"

namespace eva::models {
namespace {

namespace fs = std::filesystem;

struct Heard final : Progress {
  void say(std::string_view line) override {
    text += std::string(line) + "\n";
    if (line.find("waiting") != line.npos) waiting.set_value();
  }
  void bytes(std::string_view, std::uint64_t, std::uint64_t) override {}
  std::string text;
  std::promise<void> waiting;
};

class PullTest : public testing::Test {
 protected:
  /// A pack of one file, "model.onnx", with these sources.
  Pack pack(std::vector<Source> sources, const std::string& content) const {
    Sha256 hash;
    hash.update(content);
    Pack pack;
    pack.name = "tiny";
    pack.title = "Tiny";
    pack.licence = "MIT";
    pack.bytes = content.size();
    pack.files = {{"model.onnx", content.size(), hash.finish(), std::move(sources)}};
    return pack;
  }
  Source web(const std::string& path) const { return {server_.address() + path, {}}; }
  Result<Pulled> pull(const Pack& pack, const std::string& mirror = "") {
    return Puller(store_, mirror, heard_).pull(pack);
  }
  std::string installed() const { return TestFolder::read(store_.dir() / "tiny/model.onnx"); }
  std::vector<std::string> entries() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(store_.dir())) {
      names.push_back(entry.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
  }

  TestFolder folder_;
  TestServer server_{folder_.path()};
  Store store_{folder_.path() / "store"};
  Heard heard_;
  const std::string content_ = std::string(50'000, 'a') + std::string(50'000, 'b');
};

TEST_F(PullTest, InstallsOnceAndVerifies) {
  folder_.write("f", content_);
  const Pack tiny = pack({web("/files/f")}, content_);
  EXPECT_EQ(store_.status(tiny).state, PackState::kMissing);
  EXPECT_EQ(store_.verify(tiny).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(pull(tiny));
  EXPECT_EQ(installed(), content_);
  EXPECT_EQ(store_.status(tiny).state, PackState::kInstalled);
  EXPECT_EQ(store_.status(tiny).bytes, content_.size());
  EXPECT_TRUE(store_.verify(tiny));
  EXPECT_EQ(entries(), (std::vector<std::string>{".downloads", ".lock", "tiny"}));
  EXPECT_EQ(server_.requests().size(), 1u);

  heard_.text.clear();
  ASSERT_TRUE(pull(tiny));
  EXPECT_EQ(server_.requests().size(), 1u);
  EXPECT_EQ(heard_.text, "");
}

TEST_F(PullTest, RepairsWhatIsBroken) {
  folder_.write("f", content_);
  Pack tiny = pack({web("/files/f")}, content_);
  struct Row {
    const char* what;
    std::function<void()> damage;
    const char* detail;
  };
  const fs::path file = store_.dir() / "tiny/model.onnx";
  const Row rows[] = {
      {"size", [&] { fs::resize_file(file, 10); }, "model.onnx has another size"},
      {"missing", [&] { fs::remove(file); }, "model.onnx is missing"},
      {"manifest", [&] { fs::remove(store_.dir() / "tiny/manifest.json"); },
       "manifest.json is missing"},
      {"json", [&] { folder_.write("store/tiny/manifest.json", "{\"files\": 1}"); },
       "manifest.json is damaged"},
      {"revision", [&] { tiny.revision = 2; }, "revision 1, wanted is 2"},
  };
  ASSERT_TRUE(pull(tiny));
  for (const Row& row : rows) {
    SCOPED_TRACE(row.what);
    row.damage();
    EXPECT_EQ(store_.status(tiny).state, PackState::kBroken);
    EXPECT_EQ(store_.status(tiny).detail, row.detail);
    EXPECT_EQ(store_.verify(tiny).error().detail, row.detail);
    ASSERT_TRUE(pull(tiny));
    EXPECT_TRUE(store_.verify(tiny));
    EXPECT_EQ(entries(), (std::vector<std::string>{".downloads", ".lock", "tiny"}));
  }
}

TEST_F(PullTest, VerifyReadsEveryByte) {
  folder_.write("f", content_);
  const Pack tiny = pack({web("/files/f")}, content_);
  ASSERT_TRUE(pull(tiny));
  std::string flipped = content_;
  flipped[70'000] = 'x';
  folder_.write("store/tiny/model.onnx", flipped);
  EXPECT_EQ(store_.status(tiny).state, PackState::kInstalled);  // looks at sizes only
  EXPECT_EQ(store_.verify(tiny).error().detail, "model.onnx is damaged");

  // A manifest that was changed together with the file does not help: the catalogue knows better.
  folder_.write("store/tiny/manifest.json", "");
  fs::remove(store_.dir() / "tiny/manifest.json");
  folder_.write("store/tiny/manifest.json", *make_manifest(tiny, store_.dir() / "tiny"));
  EXPECT_EQ(store_.status(tiny).state, PackState::kInstalled);
  EXPECT_FALSE(store_.verify(tiny));

  EXPECT_EQ(pull(tiny), Pulled::kInstalled);
  EXPECT_EQ(installed(), content_);
  EXPECT_EQ(pull(tiny), Pulled::kWasThere);
}

TEST_F(PullTest, GoesOnWhereItWasCut) {
  folder_.write("f", content_);
  ASSERT_TRUE(pull(pack({web("/cut/f")}, content_)));
  EXPECT_EQ(installed(), content_);
  EXPECT_EQ(server_.requests(),
            (std::vector<std::string>{"GET /cut/f -", "GET /cut/f bytes=50000-"}));
}

TEST_F(PullTest, GoesOnAfterAnEarlierRun) {
  folder_.write("f", content_);
  folder_.write("store/.downloads/tiny/model.onnx.part", content_.substr(0, 123));
  ASSERT_TRUE(pull(pack({web("/files/f")}, content_)));
  EXPECT_EQ(installed(), content_);
  EXPECT_EQ(server_.requests(), (std::vector<std::string>{"GET /files/f bytes=123-"}));
}

TEST_F(PullTest, WrongBytesAreRefusedAndTheNextSourceAsked) {
  folder_.write("f", content_);
  for (const char* bad : {"/wrong/f", "/long/f", "/files/none"}) {
    SCOPED_TRACE(bad);
    fs::remove_all(store_.dir());
    const auto alone = pull(pack({web(bad)}, content_));
    ASSERT_FALSE(alone);
    EXPECT_EQ(alone.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(installed(), "");
    ASSERT_TRUE(pull(pack({web(bad), web("/files/f")}, content_)));
    EXPECT_EQ(installed(), content_);
  }
}

TEST_F(PullTest, TheErrorSaysTheWayOut) {
  const Pack tiny = pack({web("/files/none")}, content_);
  const auto pulled = pull(tiny);
  ASSERT_FALSE(pulled);
  const std::string host = server_.address().substr(7);
  const fs::path place = store_.dir() / ".downloads/tiny/model.onnx";
  EXPECT_EQ(
      pulled.error().detail,
      fmt::format("tiny: no source gives model.onnx:\n  {}/files/none: {} answered 404\n"
                  "Get it on a machine with a network, put it at {} and run the command again.",
                  server_.address(), host, place.string()));
  folder_.write("store/.downloads/tiny/model.onnx", content_);
  ASSERT_TRUE(pull(tiny));
  EXPECT_EQ(installed(), content_);
}

TEST_F(PullTest, ASilentHostIsAskedOnce) {
  folder_.write("f", content_);
  const std::string dead = TestServer(folder_.path()).address();  // closed again
  const Pack tiny = pack({{dead + "/a", {}}, {dead + "/b", {}}, web("/files/f")}, content_);
  ASSERT_TRUE(pull(tiny));
  EXPECT_NE(heard_.text.find(dead + "/a: cannot reach"), std::string::npos);
  EXPECT_EQ(heard_.text.find(dead + "/b"), std::string::npos);
}

TEST_F(PullTest, TheMirrorComesFirst) {
  folder_.write("m/tiny/model.onnx", content_);
  ASSERT_TRUE(pull(pack({web("/files/none")}, content_), server_.address() + "/files/m"));
  EXPECT_EQ(server_.requests(), (std::vector<std::string>{"GET /files/m/tiny/model.onnx -"}));
}

TEST_F(PullTest, JoinsThePartsOfWheels) {
  folder_.write("f", content_);
  const std::string make =
      "import sys, zipfile\n"
      "folder, name, data = sys.argv[1:]\n"
      "info = name + '-1.0.dist-info/'\n"
      "with zipfile.ZipFile(f'{folder}/{name}-1.0-py3-none-any.whl', 'w') as wheel:\n"
      "    wheel.writestr(name + '/data', data * 50000)\n"
      "    wheel.writestr(info + 'METADATA', f'Metadata-Version: 2.1\\nName: {name}\\nVersion: "
      "1.0\\n')\n"
      "    wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: "
      "py3-none-any\\n')\n"
      "    wheel.writestr(info + 'RECORD', '')\n";
  const fs::path wheels = folder_.path() / "wheels";
  fs::create_directories(wheels);
  for (const auto& [name, data] : {std::pair{"evaone", "a"}, std::pair{"evatwo", "b"}}) {
    ASSERT_TRUE(run_command({"python3", "-c", make, wheels.string(), name, data}));
  }
  setenv("PIP_NO_INDEX", "1", 1);
  setenv("PIP_FIND_LINKS", wheels.c_str(), 1);
  const Source parts{"", {{"evaone", "1.0", "evaone/data"}, {"evatwo", "1.0", "evatwo/data"}}};
  const auto pulled = pull(pack({web("/files/none"), parts}, content_));
  EXPECT_TRUE(pulled) << pulled.error().detail;
  EXPECT_EQ(installed(), content_);

  fs::remove_all(store_.dir());
  const auto missing = pull(pack({{"", {{"evathree", "1.0", "x"}}}}, "other"));
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().detail.find("evathree==1.0 (pip): python3 failed (exit code 1)"),
            std::string::npos)
      << missing.error().detail;
  unsetenv("PIP_NO_INDEX");
  unsetenv("PIP_FIND_LINKS");
}

TEST_F(PullTest, ASecondProcessWaits) {
  folder_.write("f", content_);
  fs::create_directories(store_.dir());
  // flock tells open files apart, not processes: this one is the other process.
  const int other = open((store_.dir() / ".lock").c_str(), O_RDWR | O_CREAT, 0644);
  ASSERT_EQ(flock(other, LOCK_EX), 0);
  const Pack tiny = pack({web("/files/f")}, content_);
  std::thread second([&] { EXPECT_TRUE(pull(tiny)); });
  heard_.waiting.get_future().wait();
  EXPECT_EQ(installed(), "");
  close(other);
  second.join();
  EXPECT_EQ(installed(), content_);
}

TEST_F(PullTest, LeftoversOfAKilledPullGo) {
  folder_.write("f", content_);
  folder_.write("store/.partial-1/model.onnx", "half");
  folder_.write("store/.old-1/model.onnx", "old");
  ASSERT_TRUE(pull(pack({web("/files/f")}, content_)));
  EXPECT_EQ(entries(), (std::vector<std::string>{".downloads", ".lock", "tiny"}));
}

TEST_F(PullTest, NeedsDiskAndAFolder) {
  Pack huge = pack({web("/files/f")}, content_);
  huge.bytes = 1ULL << 60;
  const auto pulled = pull(huge);
  ASSERT_FALSE(pulled);
  EXPECT_EQ(pulled.error().code, ErrorCode::kIo);
  EXPECT_TRUE(pulled.error().detail.starts_with("tiny needs 1152921504.6 GB of free disk, "));
  EXPECT_TRUE(server_.requests().empty());

  const Store in_a_file(folder_.write("file", "") / "models");
  const auto nowhere = Puller(in_a_file, "", heard_).pull(huge);
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, ErrorCode::kIo);
}

}  // namespace
}  // namespace eva::models
