#include "engine/piper_pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace eva::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kJson = R"({
  "audio": {"sample_rate": 22050},
  "inference": {"noise_scale": 0.5, "length_scale": 1.25, "noise_w": 0.75},
  "phoneme_id_map": {"_": [0], "^": [1], "$": [2], " ": [3], "a": [14], "ˈ": [120], "x": [7, 8]}
})";

TEST(PiperPackTest, ReadsWhatTheModelNeeds) {
  const Result<PiperPack> pack = PiperPack::parse(kJson);
  ASSERT_TRUE(pack.has_value()) << pack.error().detail;
  EXPECT_EQ(pack->sample_rate, 22050);
  EXPECT_FLOAT_EQ(pack->noise_scale, 0.5F);
  EXPECT_FLOAT_EQ(pack->length_scale, 1.25F);
  EXPECT_FLOAT_EQ(pack->noise_w, 0.75F);
}

TEST(PiperPackTest, PutsABlankBehindEachSymbol) {
  const Result<PiperPack> pack = PiperPack::parse(kJson);
  ASSERT_TRUE(pack.has_value());
  EXPECT_THAT(pack->phoneme_ids("ˈa x"), ElementsAre(1, 0, 120, 0, 14, 0, 3, 0, 7, 8, 0, 2));
  EXPECT_THAT(pack->phoneme_ids("a?a"), ElementsAre(1, 0, 14, 0, 14, 0, 2));  // '?' is unknown
  EXPECT_THAT(pack->phoneme_ids(""), ElementsAre(1, 0, 2));
}

struct BadRow {
  const char* from;
  const char* to;
  const char* error;
};
void PrintTo(const BadRow& row, std::ostream* out) {
  *out << std::string_view(row.to).substr(0, 60);
}

class BadPackTest : public testing::TestWithParam<BadRow> {};

TEST_P(BadPackTest, IsRefused) {
  std::string json = kJson;
  const std::size_t at = json.find(GetParam().from);
  ASSERT_NE(at, std::string::npos);
  json.replace(at, std::string(GetParam().from).size(), GetParam().to);
  const Result<PiperPack> pack = PiperPack::parse(json);
  ASSERT_FALSE(pack.has_value());
  EXPECT_EQ(pack.error().code, ErrorCode::kBadConfig);
  EXPECT_THAT(pack.error().detail, HasSubstr(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BadPackTest,
    testing::Values(BadRow{"22050", "\"fast\"", "type must be number"},
                    BadRow{"22050", "0", "sample_rate"}, BadRow{"1.25", "0", "length_scale"},
                    BadRow{"noise_w", "noise", "noise_w"}, BadRow{"\"^\": [1],", "", "lacks '^'"},
                    BadRow{"{", "", "voice.json"},
                    BadRow{"\"inference\"", "\"num_speakers\": 2, \"inference\"", "speakers"}));

TEST(PiperPackTest, MissingFile) {
  const Result<PiperPack> pack = PiperPack::read("no/such/voice.json");
  ASSERT_FALSE(pack.has_value());
  EXPECT_EQ(pack.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace eva::engine
