#include "models/models_command.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <sstream>

#include "models/digest.h"
#include "models/test_server.h"

namespace eva::models {
namespace {

class ModelsCommandTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string hash = *sha256_of_file(folder_.write("a/f", "0123456789"));
    const auto pack = [&](const char* name, const char* path, const char* extra) {
      return fmt::format(
          "[[pack]]\nname = '{}'\ntitle = 'T'\nkind = 'vad'\nlanguage = 'any'\nrevision = 1\n"
          "bytes = 10\nlicence = 'MIT'\n{}\n[[pack.file]]\nname = 'f'\nsize = 10\nsha256 = '{}'\n"
          "source = [{{ url = '{}{}' }}]\n",
          name, extra, hash, server_.address(), path);
    };
    catalogue_ = *Catalogue::parse(pack("good", "/files/a/f", "") +
                                   pack("gone", "/files/none", "licence_note = 'Read it.'"));
  }

  int run(ModelsCommand::Action action, std::vector<std::string> packs = {}) {
    out_.str("");
    err_.str("");
    return models_command({.action = action,
                           .packs = std::move(packs),
                           .used = used_,
                           .dir = folder_.path() / "store",
                           .now = [] { return Time{}; }},
                          catalogue_, out_, err_);
  }

  TestFolder folder_;
  TestServer server_{folder_.path()};
  Catalogue catalogue_;
  std::vector<std::string> used_{"good"};
  std::ostringstream out_, err_;
};

using Action = ModelsCommand::Action;

TEST_F(ModelsCommandTest, PullListVerify) {
  EXPECT_EQ(run(Action::kVerify), 1);
  EXPECT_EQ(err_.str(), fmt::format("no packs are installed in {}; run: eva models pull\n",
                                    (folder_.path() / "store").string()));
  EXPECT_EQ(run(Action::kPull), 0);
  EXPECT_EQ(out_.str(), "good: ok\n");
  EXPECT_NE(err_.str().find("good: installed in "), std::string::npos);
  EXPECT_EQ(run(Action::kPull), 0);
  EXPECT_EQ(out_.str(), "good: ok, every byte checked\n");
  EXPECT_EQ(err_.str(), "");

  EXPECT_EQ(run(Action::kList), 0);
  EXPECT_EQ(out_.str(), fmt::format("PACK                      KIND  LANGUAGE      STATE          "
                                    "SIZE  LICENCE\n"
                                    "good                      vad   any           installed      "
                                    "10 B  MIT\n"
                                    "gone                      vad   any           missing        "
                                    "10 B  MIT\n"
                                    "  Read it.\n"
                                    "Folder: {}\n",
                                    (folder_.path() / "store").string()));

  EXPECT_EQ(run(Action::kVerify), 0);
  EXPECT_EQ(out_.str(), "good: ok\n");
  folder_.write("store/good/f", "012345678X");
  EXPECT_EQ(run(Action::kVerify), 1);
  EXPECT_EQ(err_.str(), "good: f is damaged; `eva models pull good` installs it anew\n");
  folder_.write("store/good/f", "0");
  EXPECT_EQ(run(Action::kList), 0);
  EXPECT_NE(out_.str().find("  f has another size; `eva models pull good` installs it anew\n"),
            std::string::npos);
}

TEST_F(ModelsCommandTest, PullMendsWhatVerifyFinds) {
  EXPECT_EQ(run(Action::kPull), 0);
  folder_.write("store/good/f", std::string(10, '\0'));  // the size is right
  EXPECT_EQ(run(Action::kVerify), 1);
  EXPECT_EQ(run(Action::kPull), 0);
  EXPECT_EQ(out_.str(), "good: ok\n");
  EXPECT_NE(err_.str().find("good: f is damaged; installing it anew\n"), std::string::npos)
      << err_.str();
  EXPECT_EQ(run(Action::kVerify), 0);
}

TEST_F(ModelsCommandTest, PullTakesWhatTheSettingsUse) {
  used_ = {"mine", "good"};
  EXPECT_EQ(run(Action::kPull), 1);
  EXPECT_EQ(err_.str(), "unknown pack mine; there are good, gone\n");
  folder_.write("store/mine/model.onnx", "x");
  EXPECT_EQ(run(Action::kPull), 0);
  EXPECT_EQ(out_.str(), "mine: a pack of your own\ngood: ok\n");
  used_ = {};
  EXPECT_EQ(run(Action::kPull), 0);
  EXPECT_EQ(out_.str(), "");
}

TEST_F(ModelsCommandTest, FailuresSetTheExitCode) {
  EXPECT_EQ(run(Action::kPull, {"gone", "good"}), 1);
  EXPECT_EQ(out_.str(), "good: ok\n");  // one failure does not stop the others
  EXPECT_EQ(run(Action::kVerify, {"gone"}), 1);
  EXPECT_EQ(err_.str(), "gone: not installed\n");
  EXPECT_EQ(run(Action::kPull, {"nice"}), 1);
  EXPECT_EQ(err_.str(), "unknown pack nice; there are good, gone\n");
}

}  // namespace
}  // namespace eva::models
