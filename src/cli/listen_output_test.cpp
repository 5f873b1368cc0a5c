#include "cli/listen_output.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

namespace eva::cli {
namespace {

using Form = ListenLook::Form;

struct Shown {
  explicit Shown(ListenLook look) : output(out, notes, std::move(look)) {}
  std::ostringstream out;
  std::ostringstream notes;
  ListenOutput output;
};

const HeardFinal kFinal{.number = 3, .start = 61'500ms, .end = 63s, .text = "Go forward."};

TEST(ListenOutput, APipeGetsTheFinalTextsAsLines) {
  Shown shown({.form = Form::kLines});
  shown.output.partial({3, "Go", "for"});
  shown.output.final_text(kFinal);
  shown.output.final_text({.number = 4});
  EXPECT_EQ(shown.out.str(), "Go forward.\n");
}

TEST(ListenOutput, JsonLines) {
  Shown shown({.form = Form::kJson});
  shown.output.partial({3, "Go", "for"});
  HeardFinal heard = kFinal;
  heard.words = {{"Go", 0ms, 200ms}, {"forward.", 200ms, 900ms}};
  shown.output.final_text(heard);
  shown.output.failed(4, {ErrorCode::kTimeout, "too \"slow\""});
  EXPECT_EQ(shown.out.str(),
            R"({"type":"partial","number":3,"committed":"Go","tentative":"for"})"
            "\n"
            R"({"type":"final","number":3,"start_ms":61500,"end_ms":63000,"text":"Go forward.",)"
            R"("words":[{"text":"Go","start_ms":61500,"end_ms":61700},)"
            R"({"text":"forward.","start_ms":61700,"end_ms":62400}]})"
            "\n"
            R"({"type":"failed","number":4,"message":"too \"slow\""})"
            "\n");
  EXPECT_EQ(shown.notes.str(), "eva listen: recording 4 has no text: too \"slow\"\n");
}

TEST(ListenOutput, ATerminalShowsPartialTextsInPlace) {
  Shown shown({.form = Form::kTerminal, .colours = true});
  shown.output.partial({3, "Go", " for"});
  EXPECT_EQ(shown.out.str(), "\r\x1b[KGo\x1b[2m for\x1b[0m");
  shown.out.str("");
  shown.output.final_text(kFinal);
  EXPECT_EQ(shown.out.str(), "\r\x1b[K\x1b[2m   1:01  \x1b[0mGo forward.\n");
  shown.out.str("");
  shown.output.clear();
  EXPECT_EQ(shown.out.str(), "") << "nothing is shown in place any more";
}

TEST(ListenOutput, APartialTextThatIsTooLongShowsItsEnd) {
  Shown shown({.form = Form::kTerminal, .width = [] { return 11; }});
  shown.output.partial({1, "one two three", " f\xC3\xBCnf"});
  EXPECT_EQ(shown.out.str(), "\r\x1b[Kthree f\xC3\xBCnf") << "ten columns of whole characters";
}

TEST(ListenOutput, ProgressIsTakenAwayBeforeAText) {
  Shown shown({.form = Form::kLines, .progress = true});
  shown.output.progress(95s, 190s, 5s);
  EXPECT_EQ(shown.notes.str(), "\r\x1b[K 50 %  1:35 of 3:10  19.0x real time");
  shown.notes.str("");
  shown.output.final_text(kFinal);
  EXPECT_EQ(shown.notes.str(), "\r\x1b[K");
  shown.notes.str("");
  shown.output.progress(3700s, {}, 1000s);
  EXPECT_EQ(shown.notes.str(), "\r\x1b[K1:01:40  3.7x real time");
  Shown quiet({.form = Form::kLines});
  quiet.output.progress(95s, 190s, 5s);
  EXPECT_EQ(quiet.notes.str(), "");
}

TEST(SubtitleFile, CannotBeWritten) {
  EXPECT_FALSE(SubtitleFile::create("/nowhere/a.srt", SubtitleFile::Format::kSrt));
  auto full = SubtitleFile::create("/dev/full", SubtitleFile::Format::kSrt);
  ASSERT_TRUE(full) << "nothing is written yet";
  EXPECT_FALSE(full->add(kFinal));
}

}  // namespace
}  // namespace eva::cli
