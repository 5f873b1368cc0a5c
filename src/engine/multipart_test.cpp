#include "engine/multipart.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace eva::engine {
namespace {

constexpr const char* kType = "multipart/form-data; boundary=XX";

std::string part(const std::string& disposition, const std::string& data) {
  return "--XX\r\nContent-Disposition: " + disposition + "\r\n\r\n" + data + "\r\n";
}

TEST(Multipart, SplitsPartsAndKeepsBinaryData) {
  const std::string binary("RIFF\0\r\n--X\r\n\r\n--XY\n--XX", 24);
  const std::string body = "preamble\r\n" + part("form-data; name=\"model\"", "whisper-1") +
                           part("form-data; name=\"file\"; filename=\"a;b\\\"c.wav\"", binary) +
                           "--XX--\r\nepilogue";
  const auto parts = parse_multipart(kType, body);
  ASSERT_TRUE(parts) << parts.error().detail;
  ASSERT_EQ(parts->size(), 2u);
  EXPECT_EQ((*parts)[0].name, "model");
  EXPECT_EQ((*parts)[0].data, "whisper-1");
  EXPECT_EQ((*parts)[1].name, "file");
  EXPECT_EQ((*parts)[1].filename, "a;b\"c.wav");
  EXPECT_EQ((*parts)[1].data, binary);
}

TEST(Multipart, ABoundaryThatOnlyBeginsALongerLineIsData) {
  const std::string data = "a\r\n--XXX\r\n--XX-\r\nb";
  const std::string body = part("form-data; name=x", data) + "--XX--";
  const auto parts = parse_multipart(kType, body);
  ASSERT_TRUE(parts) << parts.error().detail;
  EXPECT_EQ(parts->at(0).data, data);
}

TEST(Multipart, TakesQuotedBoundariesOtherHeadersAndAnyCase) {
  const std::string body =
      "--a b\r\ncontent-type: audio/wav\r\nCONTENT-DISPOSITION: Form-Data; NAME=f\r\n\r\n\r\n--a "
      "b--";
  const auto parts = parse_multipart("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"", body);
  ASSERT_TRUE(parts) << parts.error().detail;
  ASSERT_EQ(parts->size(), 1u);
  EXPECT_EQ((*parts)[0].name, "f");
  EXPECT_EQ((*parts)[0].data, "");
}

TEST(Multipart, AnEmptyFormHasNoParts) {
  const auto parts = parse_multipart(kType, "--XX--\r\n");
  ASSERT_TRUE(parts);
  EXPECT_TRUE(parts->empty());
}

TEST(Multipart, RefusesWhatIsBroken) {
  std::string many;
  for (std::size_t i = 0; i <= kMaxFormParts; ++i) many += part("form-data; name=x", "");
  const std::string good = part("form-data; name=x", "data");
  const struct {
    const char* what;
    std::string type;
    std::string body;
  } rows[] = {
      {"other type", "application/json", good + "--XX--"},
      {"no boundary", "multipart/form-data", good + "--XX--"},
      {"empty boundary", "multipart/form-data; boundary=", good + "--XX--"},
      {"long boundary", "multipart/form-data; boundary=" + std::string(71, 'b'), good},
      {"open quote", "multipart/form-data; boundary=\"XX", good + "--XX--"},
      {"empty body", kType, ""},
      {"not closed", kType, good},
      {"cut in the boundary", kType, good + "--X"},
      {"bare line feeds", kType, "--XX\nContent-Disposition: form-data; name=x\n\nd\n--XX--"},
      {"no name", kType, part("form-data; filename=x", "d") + "--XX--"},
      {"not form-data", kType, part("attachment; name=x", "d") + "--XX--"},
      {"no head", kType, "--XX\r\n--XX--"},
      {"long head", kType, part("form-data; name=" + std::string(5000, 'n'), "d") + "--XX--"},
      {"too many", kType, many + "--XX--"},
  };
  for (const auto& row : rows) {
    const auto parts = parse_multipart(row.type, row.body);
    ASSERT_FALSE(parts) << row.what;
    EXPECT_EQ(parts.error().code, ErrorCode::kBadInput) << row.what;
  }
}

TEST(Multipart, EveryPrefixOfAFormIsRefusedWithoutHarm) {
  const std::string body =
      part("form-data; name=\"a\"", "1") + part("form-data; name=b", "2") + "--XX--";
  for (std::size_t n = 0; n < body.size(); ++n) {
    EXPECT_FALSE(parse_multipart(kType, std::string_view(body).substr(0, n))) << n;
  }
}

TEST(Multipart, SurvivesRandomEdits) {
  std::mt19937 random(7);
  const std::string body =
      part("form-data; name=\"a\"", "1") + part("form-data; name=b", "2") + "--XX--";
  for (int i = 0; i < 20'000; ++i) {
    std::string edited = body;
    for (int k = 0; k < 3; ++k) edited[random() % edited.size()] = "\r\n-X;\"=\\ a:"[random() % 11];
    const auto parts = parse_multipart(kType, edited);
    if (!parts) continue;
    for (const FormPart& p : *parts) {
      EXPECT_GE(p.data.data(), edited.data());
      EXPECT_LE(p.data.data() + p.data.size(), edited.data() + edited.size());
    }
  }
}

}  // namespace
}  // namespace eva::engine
