#include "cli/captions.h"

#include <gtest/gtest.h>

#include <sstream>

namespace eva::cli {
namespace {

session::TurnClosed closed(const std::string& heard, bool interrupted) {
  session::TurnClosed notice;
  notice.record.response_id = "r";
  notice.record.heard_text = heard;
  notice.record.interrupted = interrupted;
  return notice;
}

struct CaptionsTest : testing::Test {
  std::ostringstream out;
  /// What was written since the last call; \r and the code that clears a line as one "|".
  std::string fresh() {
    std::string text = out.str();
    out.str("");
    for (std::size_t at; (at = text.find("\r\033[K")) != std::string::npos;) {
      text.replace(at, 4, "|");
    }
    return text;
  }
};

TEST_F(CaptionsTest, APipeGetsWholeLinesOnly) {
  Captions captions(out, {.in_place = false});
  captions.begin();
  captions.on_notice(session::UserSpeechStarted{});
  captions.on_notice(session::TranscriptionDelta{"i", "what time"});
  captions.on_notice(session::UserSpeechStopped{});
  EXPECT_EQ(fresh(), "");
  captions.on_notice(session::TranscriptionCompleted{"i", "What time is it?", 1s});
  EXPECT_EQ(fresh(), "you: What time is it?\n");
  captions.on_notice(session::ReplyText{"r", "i", "Ten past nine.", true});
  EXPECT_EQ(fresh(), "");
  captions.on_notice(closed("Ten past", true));
  EXPECT_EQ(fresh(), "Eva: Ten past [interrupted]\n");
  captions.end();
  EXPECT_EQ(fresh(), "");
}

TEST_F(CaptionsTest, ATerminalSeesWordsAndStatesAsTheyCome) {
  Captions captions(out, {.in_place = true, .width = 80});
  captions.begin();
  EXPECT_EQ(fresh(), "|(listening)");
  captions.on_notice(session::UserSpeechStarted{});
  EXPECT_EQ(fresh(), "|you: ...");
  captions.on_notice(session::TranscriptionDelta{"i", "what"});
  captions.on_notice(session::TranscriptionDelta{"i", " time"});
  EXPECT_EQ(fresh(), "|you: what...|you: what time...");
  captions.on_notice(session::UserSpeechStopped{});
  EXPECT_EQ(fresh(), "|(thinking)");
  captions.on_notice(session::TranscriptionCompleted{"i", "What time is it?", 1s});
  EXPECT_EQ(fresh(), "|you: What time is it?\n|(thinking)");
  captions.on_notice(session::ReplyText{"r", "i", "Ten past", true});
  EXPECT_EQ(fresh(), "|Eva: Ten past");
  captions.on_notice(closed("Ten past nine.", false));
  EXPECT_EQ(fresh(), "|Eva: Ten past nine.\n|(listening)");
  captions.end();
  EXPECT_EQ(fresh(), "|");
}

TEST_F(CaptionsTest, ALineNeverWraps) {
  Captions captions(out, {.in_place = true, .width = 11});
  captions.on_notice(session::ReplyText{"r", "i", "one two three caf\xC3\xA9s", true});
  EXPECT_EQ(fresh(), "|hree caf\xC3\xA9s");
}

TEST_F(CaptionsTest, HangingUpLeavesWhatSheHadBegun) {
  Captions captions(out, {});
  captions.on_notice(session::ReplyText{"r", "i", "Ten past", true});
  captions.end();
  EXPECT_EQ(fresh(), "Eva: Ten past [hung up]\n");
}

TEST_F(CaptionsTest, TellsFailures) {
  Captions captions(out, {});
  captions.on_notice(session::TranscriptionFailed{"i", {ErrorCode::kTimeout, "too slow"}});
  EXPECT_EQ(fresh(), "(not understood: too slow)\n");
  session::ReplyFinished failed{.status = session::ReplyFinished::Status::kFailed, .audio = true};
  failed.error = Error{ErrorCode::kUnreachable, "nobody there"};
  captions.on_notice(failed);
  EXPECT_EQ(fresh(), "(no answer: nobody there)\n");
}

TEST_F(CaptionsTest, WordsCannotSteerTheTerminal) {
  Captions captions(out, {});
  captions.on_notice(session::TranscriptionCompleted{"i", "a\033[2Jb\nc", 1s});
  EXPECT_EQ(fresh(), "you: a [2Jb c\n");
}

}  // namespace
}  // namespace eva::cli
