// The client's commands: commit by hand, text items, cancel, truncate, delete, retrieve.
#include <gtest/gtest.h>

#include "sim/coded_speech.h"
#include "sim/scenario.h"

namespace eva {
namespace {

using session::CommandRefused;
using session::Item;
using session::ReplyFinished;
using sim::Scenario;

Item user_text(std::string text, std::string id = "") {
  return {.id = std::move(id), .parts = {{Item::Part::Kind::kInputText, std::move(text)}}};
}

Scenario::Options manual() {
  Scenario::Options options;
  options.settings.turn_detection.reset();
  return options;
}

std::string last_error(const Scenario& s) {
  const auto errors = s.all<CommandRefused>();
  return errors.empty() ? "" : errors.back().code;
}

TEST(Manual, CommitThenCreateReply) {
  Scenario s(manual());
  s.say({1, 2});
  s.run(200ms);
  EXPECT_TRUE(s.log.empty());  // no VAD
  s.command(session::CommitInput{});
  s.command(session::CreateReply{});  // waits for the transcription
  s.run();
  EXPECT_EQ(s.dialogue(), "user: w1 w2 | eva: fine.");
  EXPECT_EQ(s.llm.requests.at(0).messages.at(0).text, "w1 w2");
}

TEST(Manual, AnEmptyCommitIsRefused) {
  Scenario s(manual());
  s.say({});
  s.run(90ms);
  s.command(session::CommitInput{"evt_1"});
  ASSERT_EQ(last_error(s), "input_audio_buffer_commit_empty");
  EXPECT_EQ(s.all<CommandRefused>()[0].event_id, "evt_1");
  s.run(20ms);
  s.command(session::CommitInput{});
  EXPECT_EQ(s.all<session::InputCommitted>().size(), 1u);
  s.command(session::CommitInput{});  // nothing new since
  EXPECT_EQ(s.all<CommandRefused>().size(), 2u);
}

TEST(Manual, ClearForgetsTheBuffer) {
  Scenario s(manual());
  s.say({1});
  s.run(200ms);
  s.command(session::ClearInput{});
  s.say({2});
  s.run(200ms);
  s.command(session::CommitInput{});
  s.run();
  EXPECT_EQ(s.dialogue(), "user: w2");
}

TEST(Manual, TheBufferIsBounded) {
  auto options = manual();
  options.limits.manual_buffer = 1s;
  Scenario s(options);
  s.say({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  s.run(40ms);
  s.command(session::CommitInput{});
  s.run();
  EXPECT_EQ(s.dialogue(), "user: w7 w8 w9 w10 w11 w12");
}

TEST(Manual, TypedTextIsAnsweredAloud) {
  Scenario s;
  s.command(session::CreateItem{"", user_text("hello", "mine"), "", {}});
  s.command(session::CreateReply{});
  s.run();
  EXPECT_EQ(s.all<session::ItemAdded>().at(0).item.id, "mine");
  EXPECT_EQ(s.dialogue(), "eva: fine.");
  EXPECT_FALSE(s.eva_audio.empty());
}

TEST(Manual, AudioItemsAreTranscribed) {
  Scenario s;
  Item item{.parts = {{Item::Part::Kind::kInputAudio, ""}}};
  s.command(session::CreateItem{"", item, "", sim::speak_words(std::vector{5, 6}, 16'000)});
  s.command(session::CreateReply{});
  s.run();
  EXPECT_EQ(s.dialogue(), "user: w5 w6 | eva: fine.");
}

TEST(Manual, TextRepliesHaveNoAudio) {
  Scenario s;
  s.command(session::CreateItem{"", user_text("hello"), "", {}});
  session::ReplyOptions options;
  options.audio_output = false;
  options.metadata = {{"k", "v"}};
  s.command(session::CreateReply{"", options});
  s.run();
  EXPECT_TRUE(s.eva_audio.empty());
  const auto reply = s.all<ReplyFinished>().at(0);
  EXPECT_EQ(reply.item->parts[0].text, "fine.");
  EXPECT_EQ(reply.item->parts[0].kind, Item::Part::Kind::kOutputText);
  EXPECT_EQ(reply.metadata.at("k"), "v");
}

TEST(Manual, OneReplyAtATime) {
  Scenario s;
  s.command(session::CreateItem{"", user_text("hello"), "", {}});
  s.command(session::CreateReply{});
  s.command(session::CreateReply{"evt_2"});
  EXPECT_EQ(last_error(s), "conversation_already_has_active_response");
  s.command(session::CancelReply{"", "resp_other"});
  EXPECT_EQ(last_error(s), "response_cancel_not_active");
  s.command(session::CancelReply{});
  const auto reply = s.all<ReplyFinished>().at(0);
  EXPECT_EQ(reply.status, ReplyFinished::Status::kCancelled);
  EXPECT_EQ(reply.reason, ReplyFinished::Reason::kClientCancelled);
  s.command(session::CancelReply{});
  EXPECT_EQ(s.all<CommandRefused>().size(), 3u);
  EXPECT_EQ(s.llm.stats.cancelled, 1);
}

TEST(Manual, AReplyAskedForDuringTheTailOfTheLastOneFollowsIt) {
  Scenario s;
  s.command(session::CreateItem{"", user_text("hello"), "", {}});
  s.command(session::CreateReply{});
  while (s.all<ReplyFinished>().empty()) s.run(20ms);
  s.command(session::CreateReply{});
  s.run();
  EXPECT_EQ(s.all<ReplyFinished>().size(), 2u);
  EXPECT_TRUE(s.all<CommandRefused>().empty());
}

TEST(Manual, TruncateCorrectsWhatWasHeard) {
  Scenario s;
  s.llm.script = [](const auto&) { return "w10 w11 w12 w13 w14 w15."; };
  s.say({1});
  s.run(4s);
  const std::string id = s.all<session::ReplyItemStarted>().at(0).item_id;
  s.command(session::TruncateItem{"e", id, 330ms});
  ASSERT_EQ(s.all<session::ItemTruncated>().size(), 1u);
  s.command(session::RetrieveItem{"", id});
  EXPECT_EQ(s.all<session::ItemRetrieved>().at(0).item.parts[0].text, "w10 w11");
  s.command(session::TruncateItem{"e", id, 10s});
  EXPECT_EQ(last_error(s), "invalid_value");
  s.command(session::TruncateItem{"e", "item_nope", 1s});
  EXPECT_EQ(last_error(s), "item_truncate_invalid_item_id");
}

TEST(Manual, TruncatingTheReplyUnderWayStopsIt) {
  Scenario s;
  s.llm.script = [](const auto&) { return "w10 w11 w12 w13 w14 w15 w16 w17 w18 w19."; };
  s.say({1});
  while (s.all<session::ReplyAudio>().size() < 40) s.run(20ms);
  const std::string id = s.all<session::ReplyItemStarted>().at(0).item_id;
  s.command(session::TruncateItem{"", id, 170ms});
  s.run();
  EXPECT_EQ(s.all<ReplyFinished>().at(0).status, ReplyFinished::Status::kCancelled);
  EXPECT_EQ(s.all<session::TurnClosed>().at(0).record.heard_text, "w10");
}

TEST(Manual, EvaMaySpeakFirst) {
  Scenario s;
  s.command(session::Greet{"w10 w11. w12 w13."});
  s.run();
  EXPECT_EQ(s.dialogue(), "eva: w10 w11. w12 w13.");
  EXPECT_EQ(s.llm.stats.started, 0);
  s.say({1});
  s.run();
  EXPECT_EQ(s.llm.requests.at(0).messages.at(0).text, "w10 w11. w12 w13.");
}

TEST(Manual, ItemsCanBePlacedDeletedAndAskedFor) {
  Scenario s;
  s.command(session::CreateItem{"", user_text("b", "b"), "", {}});
  s.command(session::CreateItem{"", user_text("a", "a"), "root", {}});
  EXPECT_EQ(s.all<session::ItemAdded>()[1].previous, std::nullopt);
  s.command(session::CreateItem{"", user_text("x", "a"), "", {}});
  EXPECT_EQ(last_error(s), "invalid_value");
  s.command(session::CreateItem{"", user_text("x"), "nowhere", {}});
  EXPECT_EQ(s.all<CommandRefused>().back().param, "previous_item_id");
  s.command(session::DeleteItem{"", "b"});
  EXPECT_EQ(s.all<session::ItemDeleted>().size(), 1u);
  s.command(session::DeleteItem{"", "b"});
  EXPECT_EQ(last_error(s), "item_delete_invalid_item_id");
  s.command(session::RetrieveItem{"", "b"});
  EXPECT_EQ(last_error(s), "item_retrieve_invalid_item_id");
}

TEST(Manual, SwitchingTurnDetectionOffAndOn) {
  Scenario s;
  s.say({1});
  s.run(100ms);
  auto settings = s.host().session().settings();
  settings.turn_detection.reset();
  s.command(session::ChangeSettings{"", settings});
  s.run(2s);
  EXPECT_TRUE(s.all<session::InputCommitted>().empty());
  settings.turn_detection.emplace();
  s.command(session::ChangeSettings{"", settings});
  s.say({2});
  s.run();
  EXPECT_EQ(s.dialogue(), "user: w2 | eva: fine.");
}

}  // namespace
}  // namespace eva
