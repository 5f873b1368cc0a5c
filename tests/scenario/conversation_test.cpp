// A caller and Eva in virtual time: who speaks when, what was understood, what was heard.
#include <gtest/gtest.h>

#include "sim/coded_speech.h"
#include "sim/scenario.h"

namespace eva {
namespace {

using session::ReplyFinished;
using sim::Scenario;

// Answers "a b" with "you said a b".
std::string echo(const speech::LlmRequest& request) {
  return "you said " + request.messages.back().text + ".";
}

std::string long_answer(const speech::LlmRequest&) {
  std::string text;
  for (int i = 100; i < 130; ++i) text += sim::word_name(i) + (i % 10 == 9 ? ". " : " ");
  return text;
}

TEST(Conversation, TwoTurnsAreUnderstoodAndAnswered) {
  Scenario s;
  s.llm.script = echo;
  s.pause(500ms);
  s.say({1, 2, 3});
  s.pause(3s);
  s.say({4});
  s.run();
  EXPECT_EQ(s.dialogue(),
            "user: w1 w2 w3 | eva: you said w1 w2 w3. | user: w4 | eva: you said w4.");
  EXPECT_EQ(sim::read_words(s.eva_audio, speech::kTtsRate), "w1 w2 w3 w4");
}

TEST(Conversation, TheTextIsReadyWhenTheTurnEnds) {
  Scenario s;
  s.stt.behaviour = {.min_delay = 250ms, .max_delay = 250ms};
  s.say({1, 2});
  s.run();
  const auto record = s.all<session::TurnClosed>().at(0).record;
  EXPECT_LT(*record.stt_final_at, *record.turn_ended_at);
  EXPECT_LT(*record.reply_started_at, *record.turn_ended_at);  // prepared ahead
  // 500 ms of silence, decided at the end of a 32 ms window that came in 20 ms chunks
  EXPECT_GE(*record.turn_ended_at - *record.speech_end_at, 500ms);
  EXPECT_LE(*record.turn_ended_at - *record.speech_end_at, 552ms);
  EXPECT_EQ(*record.first_token_at - *record.reply_started_at, 100ms);
}

TEST(Conversation, APauseInsideATurnStartsTheSttAgain) {
  Scenario s;
  s.say({1, 2});
  s.pause(400ms);
  s.say({3});
  s.run();
  EXPECT_EQ(s.dialogue(), "user: w1 w2 w3 | eva: fine.");
  EXPECT_EQ(s.stt.stats.started, 2);
}

TEST(Conversation, AResumedTurnCancelsASlowTranscription) {
  Scenario s;
  s.stt.behaviour = {.min_delay = 1s, .max_delay = 1s};
  s.say({1, 2});
  s.pause(400ms);
  s.say({3});
  s.run(4s);
  EXPECT_EQ(s.dialogue(), "user: w1 w2 w3 | eva: fine.");
  EXPECT_EQ(s.stt.stats.cancelled, 1);
}

TEST(Conversation, SpeakingOverEvaStopsHerAndTheNewTurnHasItsFirstWord) {
  Scenario s;
  s.llm.script = [](const auto& request) {
    return request.messages.size() == 1 ? long_answer(request) : echo(request);
  };
  s.say({1});
  s.pause(2s);
  s.say({5, 6, 7});
  s.run(4s);
  const auto replies = s.all<ReplyFinished>();
  ASSERT_EQ(replies.size(), 2u);
  EXPECT_EQ(replies[0].status, ReplyFinished::Status::kCancelled);
  EXPECT_EQ(replies[0].reason, ReplyFinished::Reason::kTurnDetected);
  EXPECT_EQ(s.all<session::TranscriptionCompleted>().at(1).text, "w5 w6 w7");
  // Within 448 ms, a VAD window and a chunk (barge_in_test.cpp: her voice was gone earlier).
  const Time barge_in = s.caller_began + 160ms + 2s;
  const auto cut = s.all<session::TurnClosed>().at(0).record;
  EXPECT_GE(*cut.interrupted_at - barge_in, 200ms);
  EXPECT_LE(*cut.interrupted_at - barge_in, 448ms + 32ms + 20ms);
  for (const auto& entry : s.log) {
    const auto* audio = std::get_if<session::ReplyAudio>(&entry.notice);
    if (audio && audio->response_id == cut.response_id) {
      EXPECT_LE(entry.at, *cut.interrupted_at);
    }
  }
}

TEST(Conversation, OnlyTheHeardWordsStayInTheContext) {
  Scenario::Options options;  // in one step: words of a quieter voice cannot be read back
  options.settings.turn_detection->barge_in.kind = turn::BargeInKind::kSpeech;
  Scenario s(std::move(options));
  s.llm.script = long_answer;
  s.say({1});
  s.pause(3s);
  s.say({5, 6});
  s.run(1s);
  const auto cut = s.all<session::TurnClosed>().at(0).record;
  ASSERT_TRUE(cut.interrupted);
  // Ground truth: a listener that plays each frame when it comes, or after the one before.
  const Time stopped = *cut.interrupted_at;
  Time free{};
  std::int64_t heard = 0;
  for (const auto& entry : s.log) {
    const auto* audio = std::get_if<session::ReplyAudio>(&entry.notice);
    if (!audio) continue;
    const Time begin = std::max(entry.at, free);
    const auto samples = static_cast<std::int64_t>(audio->pcm.size());
    free = begin + samples_to_duration(samples, speech::kTtsRate);
    const auto played =
        duration_to_samples(std::max(stopped - begin, Duration{}), speech::kTtsRate);
    heard += std::clamp<std::int64_t>(played, 0, samples);
  }
  EXPECT_NEAR(static_cast<double>(duration_to_samples(cut.heard, speech::kTtsRate)),
              static_cast<double>(heard), 24);
  const std::string truth = sim::read_words(
      std::span(s.eva_audio).first(static_cast<std::size_t>(heard)), speech::kTtsRate);
  EXPECT_GE(truth.size(), 8u);
  // The last word may be there by a half.
  std::string text = cut.heard_text;
  std::erase(text, '.');
  const auto& less = text.size() < truth.size() ? text : truth;
  const auto& more = text.size() < truth.size() ? truth : text;
  EXPECT_TRUE(more.starts_with(less)) << truth << " / " << text;
  EXPECT_LE(more.size(), less.size() + 5) << truth << " / " << text;
  ASSERT_GE(s.llm.requests.size(), 2u);
  EXPECT_EQ(s.llm.requests[1].messages[1].text, cut.heard_text + "\u2014");
  EXPECT_EQ(s.llm.requests[1].messages[1].role, speech::ChatMessage::Role::kAssistant);
}

TEST(Conversation, ACoughWhileEvaIsSilentIsNoTurn) {
  Scenario s;
  s.coughs(64ms);
  s.run(1s);
  EXPECT_TRUE(s.log.empty());
}

TEST(Conversation, NoiseWithoutWordsGetsNoAnswer) {
  Scenario s;
  s.coughs(600ms);
  s.run();
  EXPECT_EQ(s.dialogue(), "user: ");
  EXPECT_EQ(s.llm.stats.started, 0);
  EXPECT_EQ(s.all<session::TurnClosed>().size(), 1u);
}

TEST(Conversation, AShortNoiseDoesNotStopEva) {
  Scenario s;
  s.llm.script = long_answer;
  s.say({1});
  s.pause(2s);
  s.coughs(150ms);
  s.run(8s);
  ASSERT_EQ(s.all<ReplyFinished>().size(), 1u);
  EXPECT_EQ(s.all<ReplyFinished>()[0].status, ReplyFinished::Status::kCompleted);
}

TEST(Conversation, NoiseWhileThinkingDoesNotLeaveTheUserUnanswered) {
  Scenario s;
  s.llm.behaviour = {.min_delay = 1s, .max_delay = 1s};
  s.say({1});
  s.pause(800ms);  // Eva thinks
  s.coughs(300ms);
  s.run(5s);
  EXPECT_EQ(s.dialogue(), "user: w1 | eva: fine.");
}

TEST(Conversation, GoingOnBeforeSheSpeaksMakesOneAnswerToBoth) {
  Scenario s;
  s.llm.behaviour = {.min_delay = 800ms, .max_delay = 800ms};
  s.say({1});
  s.pause(700ms);
  s.say({2, 3});
  s.run(4s);
  EXPECT_EQ(s.all<ReplyFinished>().size(), 2u);
  const auto& messages = s.llm.requests.back().messages;
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages[0].text, "w1");
  EXPECT_EQ(messages[1].text, "w2 w3");
}

TEST(Conversation, FirstPhonemesAreKept) {
  Scenario s;
  s.pause(2s);
  s.say({9});
  s.pause(2s);
  s.say({8, 7});
  s.run();
  const auto texts = s.all<session::TranscriptionCompleted>();
  ASSERT_EQ(texts.size(), 2u);
  EXPECT_EQ(texts[0].text, "w9");
  EXPECT_EQ(texts[1].text, "w8 w7");
  EXPECT_EQ(s.all<session::UserSpeechStarted>()[0].start, 2s - 32ms + 16ms - 300ms);
}

TEST(Conversation, PlayoutIsPacedAndNeverFarAhead) {
  Scenario s;
  s.llm.script = long_answer;
  s.say({1});
  s.run(9s);
  Time first{};
  std::int64_t sent = 0;
  for (const auto& entry : s.log) {
    const auto* audio = std::get_if<session::ReplyAudio>(&entry.notice);
    if (!audio) continue;
    if (sent == 0) first = entry.at;
    sent += static_cast<std::int64_t>(audio->pcm.size());
    const auto heard = duration_to_samples(entry.at - first, speech::kTtsRate);
    EXPECT_LE(sent - heard, duration_to_samples(201ms, speech::kTtsRate));
  }
  EXPECT_GT(sent, 4 * speech::kTtsRate);
}

TEST(Conversation, CaptionsAreInStepWithTheAudio) {
  Scenario s;
  s.llm.script = long_answer;
  s.say({1});
  s.run(9s);
  std::string captions;
  std::size_t audio_frames = 0;
  std::vector<std::size_t> frames_before;
  for (const auto& entry : s.log) {
    if (std::holds_alternative<session::ReplyAudio>(entry.notice)) ++audio_frames;
    if (const auto* text = std::get_if<session::ReplyText>(&entry.notice)) {
      captions += text->text;
      frames_before.push_back(audio_frames);
    }
  }
  EXPECT_EQ(captions, long_answer({}).substr(0, captions.size()));
  ASSERT_EQ(frames_before.size(), 3u);
  EXPECT_EQ(frames_before[0], 0u);
  EXPECT_EQ(frames_before[1], 80u);  // ten words of 160 ms
  EXPECT_EQ(frames_before[2], 160u);
}

TEST(Conversation, TurnsWithoutAutomaticResponseWaitForTheClient) {
  Scenario::Options options;
  options.settings.turn_detection->create_response = false;
  Scenario s(options);
  s.say({1});
  s.run();
  EXPECT_EQ(s.dialogue(), "user: w1");
  s.command(session::CreateReply{});
  s.run();
  EXPECT_EQ(s.dialogue(), "user: w1 | eva: fine.");
}

TEST(Conversation, WithoutInterruptResponseEvaSpeaksOnAndAnswersAfterwards) {
  Scenario::Options options;
  options.settings.turn_detection->interrupt_response = false;
  Scenario s(options);
  s.llm.script = [](const auto& request) {
    return request.messages.size() == 1 ? long_answer(request) : echo(request);
  };
  s.say({1});
  s.pause(2s);
  s.say({2});
  s.run(9s);
  const auto replies = s.all<ReplyFinished>();
  ASSERT_EQ(replies.size(), 2u);
  EXPECT_EQ(replies[0].status, ReplyFinished::Status::kCompleted);
  EXPECT_EQ(s.all<session::TurnClosed>().at(1).record.heard_text, "you said w2.");
}

}  // namespace
}  // namespace eva
