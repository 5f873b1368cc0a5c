#include "recorder/recorder_core.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "recorder/preroll_trim.h"
#include "vad/vad.h"

namespace eva::recorder {
namespace {

constexpr Duration kWindow = 32ms;

/// Feeds windows whose samples count up, so that every recording shows where it was cut.
class CoreTest : public testing::Test {
 protected:
  void feed(Duration length, float probability) {
    for (Duration fed{}; fed < length; fed += kWindow) {
      std::vector<std::int16_t> pcm(vad::kWindow, probability > 0.5F ? std::int16_t{5000} : 1);
      core.on_window(pcm, probability, events);
    }
  }
  void speak(Duration length) { feed(length, 0.9F); }
  void pause(Duration length) { feed(length, 0.1F); }

  template <typename T>
  std::vector<T> all() const {
    std::vector<T> out;
    for (const CoreEvent& event : events) {
      if (const T* value = std::get_if<T>(&event)) out.push_back(*value);
    }
    return out;
  }
  std::vector<Recording> recordings() const {
    std::vector<Recording> out;
    for (const auto& stopped : all<RecordingStopped>()) out.push_back(stopped.recording);
    return out;
  }
  void configure(const CoreSettings& settings) { core = RecorderCore(settings); }
  static Duration length(const Recording& recording) {
    return samples_to_duration(std::ssize(recording.pcm), vad::kRate);
  }
  static Duration speech_in(const Recording& recording) {
    return samples_to_duration(std::ranges::count(recording.pcm, 5000), vad::kRate);
  }

  RecorderCore core{CoreSettings{}};
  std::vector<CoreEvent> events;
};

TEST_F(CoreTest, SpeechBeforeListenStartsNothing) {
  speak(2s);
  pause(2s);
  EXPECT_TRUE(events.empty());
  EXPECT_EQ(core.state(), State::kInactive);
}

TEST_F(CoreTest, ARecordingHasItsPreRollAndTheSilenceThatEndedIt) {
  core.listen(events);
  pause(3200ms);
  speak(640ms);
  EXPECT_EQ(core.state(), State::kRecording);
  pause(736ms);  // 160 confirmed, then 576 of the 600
  EXPECT_EQ(recordings().size(), 0U);
  pause(32ms);
  ASSERT_EQ(recordings().size(), 1U);
  const Recording recording = recordings()[0];
  EXPECT_EQ(recording.speech_start, 3200ms);
  EXPECT_EQ(recording.speech_end, 3840ms);
  EXPECT_EQ(recording.start, 2200ms);
  EXPECT_EQ(recording.end, 4608ms);
  EXPECT_EQ(length(recording), recording.end - recording.start);
  EXPECT_EQ(core.state(), State::kListening);
}

TEST_F(CoreTest, EventsComeInOrderAndOnlyForWhatHappened) {
  core.listen(events);
  speak(640ms);
  pause(2s);
  std::vector<std::size_t> kinds;
  for (const CoreEvent& event : events) kinds.push_back(event.index());
  const auto index = [](const CoreEvent& event) { return event.index(); };
  EXPECT_EQ(kinds,
            (std::vector<std::size_t>{
                index(ListeningStarted{}), index(ListeningStopped{}), index(VoiceStarted{}),
                index(RecordingStarted{}), index(SilenceStarted{}), index(VoiceStopped{}),
                index(SilenceStopped{}), index(RecordingStopped{}), index(ListeningStarted{})}));
}

TEST_F(CoreTest, SpeechIsWhatExceedsTheThreshold) {
  core.listen(events);
  feed(1s, 0.6F - 0.001F);
  EXPECT_EQ(core.state(), State::kListening);
  feed(32ms, 0.61F);
  EXPECT_EQ(core.state(), State::kRecording);
}

TEST_F(CoreTest, AnySpeechBeginsTheSilenceAnew) {
  core.listen(events);
  speak(640ms);
  pause(704ms);
  speak(32ms);
  pause(736ms);
  EXPECT_EQ(recordings().size(), 0U);
  ASSERT_EQ(all<SilenceStopped>().size(), 1U);
  EXPECT_TRUE(all<SilenceStopped>()[0].resumed);
  pause(32ms);
  EXPECT_EQ(recordings().size(), 1U);
}

TEST_F(CoreTest, SilenceCountsOnlyBehindTheShortestLength) {
  configure({.min_length = 2s});
  core.listen(events);
  speak(64ms);
  pause(1984ms - 32ms + 576ms);
  EXPECT_EQ(recordings().size(), 0U);
  pause(96ms);
  EXPECT_EQ(recordings().size(), 1U);
}

TEST_F(CoreTest, ThePreRollNeverHoldsAudioOfTheRecordingBefore) {
  configure({.pre_roll = 5s});
  core.listen(events);
  speak(640ms);
  pause(1s);
  speak(640ms);
  pause(1s);
  ASSERT_EQ(recordings().size(), 2U);
  EXPECT_EQ(recordings()[1].start, recordings()[0].end);
}

// RealtimeSTT, speech.md 1.6 d: with min_gap it refused the second start, disarmed itself and was
// deaf from then on.
TEST_F(CoreTest, DefectDDeafAfterMinGap) {
  configure({.min_gap = 1s});
  core.listen(events);
  for (int i = 0; i < 4; ++i) {
    speak(640ms);
    pause(992ms);  // stops at 768 ms, so the next speech is 0.23 s behind the stop
  }
  pause(3s);
  ASSERT_EQ(recordings().size(), 4U);
  for (const Recording& recording : recordings()) EXPECT_EQ(speech_in(recording), 640ms);
  for (std::size_t i = 1; i < 4; ++i) {
    EXPECT_GE(recordings()[i].end - recordings()[i - 1].end, 1s);
  }
}

// d2: the refused start left a fragment that the next text() transcribed. e: on_vad_start was
// called for it.
TEST_F(CoreTest, DefectD2AndENothingHappensBeforeTheStartIsAccepted) {
  configure({.min_gap = 2s});
  core.listen(events);
  speak(640ms);
  pause(992ms);
  events.clear();
  speak(640ms);
  EXPECT_TRUE(events.empty());
  EXPECT_TRUE(core.recorded().empty());
  EXPECT_EQ(core.state(), State::kListening);
  pause(3s);
  EXPECT_EQ(all<VoiceStarted>().size(), 1U);
  ASSERT_EQ(recordings().size(), 1U);
  EXPECT_EQ(speech_in(recordings()[0]), 640ms);
}

// f: abort() disarmed it for good and could wait for ever.
TEST_F(CoreTest, DefectFAbortListensOn) {
  core.listen(events);
  speak(640ms);
  core.abort(events);
  EXPECT_EQ(all<RecordingDropped>().size(), 1U);
  EXPECT_EQ(core.state(), State::kListening);
  pause(1s);
  speak(320ms);
  pause(1s);
  ASSERT_EQ(recordings().size(), 1U);
  EXPECT_EQ(speech_in(recordings()[0]), 320ms) << "aborted audio came back in the pre-roll";
}

TEST_F(CoreTest, ByHandThereIsNoPreRollAndNoEndAtSilence) {
  pause(1s);
  core.start({7, 7, 7}, events);
  pause(5s);
  EXPECT_EQ(recordings().size(), 0U);
  core.stop({}, {}, events);
  ASSERT_EQ(recordings().size(), 1U);
  EXPECT_EQ(recordings()[0].pcm.size(), 3U + 157 * vad::kWindow);
  EXPECT_EQ(recordings()[0].pcm.front(), 7);
  EXPECT_TRUE(all<VoiceStarted>().empty());
  EXPECT_EQ(core.state(), State::kInactive);
}

TEST_F(CoreTest, StopTakesEffectAtOnceHoweverShort) {
  core.start({}, events);
  speak(96ms);
  core.stop({}, {}, events);
  ASSERT_EQ(recordings().size(), 1U);
  EXPECT_EQ(length(recordings()[0]), 96ms);
}

TEST_F(CoreTest, WaitingForTextEndsAHandMadeRecordingAtSilence) {
  core.start({}, events);
  speak(640ms);
  core.stop_on_silence();
  pause(736ms);
  EXPECT_EQ(recordings().size(), 0U);
  pause(32ms);
  EXPECT_EQ(recordings().size(), 1U);
}

TEST_F(CoreTest, BackdatedStopCutsTheEndAndResumeReachesBackIntoIt) {
  core.listen(events);
  pause(96ms);
  speak(960ms);
  core.stop(320ms, 640ms, events);
  speak(32ms);
  pause(2s);
  ASSERT_EQ(recordings().size(), 2U);
  EXPECT_EQ(recordings()[0].end, 1056ms - 320ms);
  EXPECT_EQ(recordings()[0].speech_end, recordings()[0].end);
  EXPECT_EQ(recordings()[1].start, 1056ms - 640ms);
}

TEST_F(CoreTest, EarlyTranscriptionIsDueOncePerSilence) {
  configure({.early_transcription = 200ms});
  core.listen(events);
  speak(640ms);
  pause(352ms);  // 160 + 192
  EXPECT_EQ(all<EarlyTranscriptionDue>().size(), 0U);
  pause(32ms);
  EXPECT_EQ(all<EarlyTranscriptionDue>().size(), 1U);
  pause(160ms);
  EXPECT_EQ(all<EarlyTranscriptionDue>().size(), 1U);
  speak(32ms);
  pause(1s);
  EXPECT_EQ(all<EarlyTranscriptionDue>().size(), 2U);
}

TEST_F(CoreTest, ALongSpeechIsCutWithoutLosingASample) {
  core.listen(events);
  speak(RecorderCore::kLongest + 9600ms);
  pause(1s);
  ASSERT_EQ(recordings().size(), 2U);
  EXPECT_LE(length(recordings()[0]), RecorderCore::kLongest);
  EXPECT_EQ(recordings()[1].start, recordings()[0].end);
  EXPECT_EQ(speech_in(recordings()[0]) + speech_in(recordings()[1]),
            RecorderCore::kLongest + 9600ms);
}

TEST_F(CoreTest, FlushMakesARecordingOfAPreRollThatIsLoudEnough) {
  pause(1s);
  core.flush(50, events);
  EXPECT_EQ(recordings().size(), 0U);
  speak(320ms);
  core.flush(50, events);
  ASSERT_EQ(recordings().size(), 1U);
  EXPECT_EQ(speech_in(recordings()[0]), 320ms);
  core.flush(50, events);
  EXPECT_EQ(recordings().size(), 1U) << "the same audio twice";
}

TEST_F(CoreTest, ClearForgetsThePreRoll) {
  core.listen(events);
  pause(2s);
  core.clear();
  speak(320ms);
  pause(1s);
  ASSERT_EQ(recordings().size(), 1U);
  EXPECT_EQ(recordings()[0].start, recordings()[0].speech_start);
}

// 1 s of pre-roll: old speech until `speech_end`, then quiet.
std::vector<std::int16_t> preroll(std::size_t speech_end_ms) {
  std::vector<std::int16_t> pcm(16'000);
  for (std::size_t i = 0; i < pcm.size(); ++i) {
    const int level = i < speech_end_ms * 16 ? 3000 : 5;
    pcm[i] = static_cast<std::int16_t>(i % 2 ? level : -level);
  }
  return pcm;
}

TEST(PrerollTrim, OldSpeechBeforeThePauseGoes) {
  const PrerollTrim trim{.min_included = 0ms};
  // Quiet from 300 ms on; 160 ms of it are kept.
  EXPECT_EQ(silence_to_trim(preroll(300), trim), (1000U - 160) * 16);
  // With the default, 600 ms are kept.
  EXPECT_EQ(silence_to_trim(preroll(300), PrerollTrim{}), 400U * 16);
}

TEST(PrerollTrim, AShortPauseSeparatesNothing) {
  auto pcm = preroll(850);
  EXPECT_EQ(silence_to_trim(pcm, PrerollTrim{}), 0U);
  EXPECT_EQ(silence_to_trim({}, PrerollTrim{}), 0U);
}

TEST(PrerollTrim, FindsThePauseBehindTheBeginOfTheSpeech) {
  auto pcm = preroll(300);
  for (std::size_t i = 800 * 16; i < pcm.size(); ++i) pcm[i] = i % 2 ? 3000 : -3000;
  EXPECT_EQ(silence_to_trim(pcm, PrerollTrim{.min_included = 0ms}), (800U - 160) * 16);
}

TEST_F(CoreTest, TheTrimmedPreRollIsUsed) {
  configure({.trim = PrerollTrim{.min_included = 0ms}});
  pause(320ms);
  speak(320ms);  // not listening yet: this is old
  core.listen(events);
  pause(512ms);
  speak(320ms);
  pause(1s);
  ASSERT_EQ(recordings().size(), 1U);
  EXPECT_EQ(recordings()[0].start, recordings()[0].speech_start - 160ms);
}

}  // namespace
}  // namespace eva::recorder
