#include "models/digest.h"

#include <gtest/gtest.h>

#include "models/test_server.h"

namespace eva::models {
namespace {

// FIPS 180-2, appendix B.
TEST(Sha256, KnownAnswers) {
  Sha256 abc;
  abc.update("a");
  abc.update("bc");
  EXPECT_EQ(abc.finish(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const TestFolder folder;
  EXPECT_EQ(sha256_of_file(folder.write("million", std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  EXPECT_EQ(sha256_of_file(folder.write("empty", "")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Sha256, MissingFile) {
  const auto hash = sha256_of_file("/nowhere/file");
  ASSERT_FALSE(hash);
  EXPECT_EQ(hash.error().code, ErrorCode::kIo);
  EXPECT_EQ(hash.error().detail, "cannot read /nowhere/file: No such file or directory");
}

}  // namespace
}  // namespace eva::models
