#include "recorder/recorder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "audio/resampler.h"
#include "sim/coded_speech.h"
#include "sim/fake_engines.h"

namespace eva::recorder {
namespace {

constexpr int kRate = 16'000;
using Pcm = std::vector<std::int16_t>;

Pcm silence(Duration length) {
  return Pcm(static_cast<std::size_t>(duration_to_samples(length, kRate)));
}

Pcm operator+(Pcm a, const Pcm& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Pcm say(std::vector<int> words) {
  return sim::speak_words(words, kRate);
}

Pcm utterance(int word) {
  return silence(300ms) + say({word, word + 1, word + 2}) + silence(900ms);
}

/// Hears coded speech; recognises it after `delay`.
RecorderOptions options_with(Duration delay = 1ms, bool hang = false) {
  RecorderOptions options;
  options.voice_detector = [] { return std::make_unique<sim::CodedVad>(); };
  options.transcription_executor = [delay, hang](Executor& home) {
    auto stt = std::make_unique<sim::FakeStt>(home, 1);
    stt->behaviour.min_delay = stt->behaviour.max_delay = delay;
    if (hang) stt->behaviour.fault = sim::Behaviour::Fault::kHang;
    return stt;
  };
  options.ensure_sentence_starting_uppercase = false;
  options.ensure_sentence_ends_with_period = false;
  return options;
}

std::unique_ptr<Recorder> make(RecorderOptions options) {
  auto recorder = Recorder::create(std::move(options));
  EXPECT_TRUE(recorder) << recorder.error().detail;
  return std::move(*recorder);
}

/// Collects what callbacks say; waits for it without sleeping.
class Heard {
 public:
  void say(const std::string& what) {
    std::lock_guard lock(mutex_);
    all_.push_back(what);
    changed_.notify_all();
  }
  std::function<void()> saying(const std::string& what) {
    return [this, what] { say(what); };
  }
  bool wait_for(const std::string& what) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 20s, [&] { return std::ranges::count(all_, what) > 0; });
  }
  std::vector<std::string> all() {
    std::lock_guard lock(mutex_);
    return all_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> all_;
};

TEST(Recorder, TextsComeInOrderWhateverTheFeedingLooksLike) {
  const auto recorder = make(options_with());
  recorder->listen();
  ASSERT_TRUE(recorder->feed_audio(utterance(1) + utterance(11) + utterance(21)));
  EXPECT_EQ(recorder->text().value(), "w1 w2 w3");
  EXPECT_EQ(recorder->text().value(), "w11 w12 w13");
  EXPECT_EQ(recorder->text().value(), "w21 w22 w23");
  recorder->end_audio();
  EXPECT_EQ(recorder->text().error().code, ErrorCode::kNotFound);
}

TEST(Recorder, TextWaitsForSpeechThatComesLater) {
  const auto recorder = make(options_with());
  auto text = std::async(std::launch::async, [&] { return recorder->text(); });
  ASSERT_TRUE(recorder->feed_audio(silence(2s)));
  recorder->listen();
  ASSERT_TRUE(recorder->feed_audio(utterance(4)));
  EXPECT_EQ(text.get().value(), "w4 w5 w6");
}

TEST(Recorder, CallbacksOfOneRecordingInOrder) {
  Heard heard;
  auto options = options_with();
  options.on_vad_detect_start = heard.saying("detect start");
  options.on_vad_detect_stop = heard.saying("detect stop");
  options.on_vad_start = heard.saying("vad start");
  options.on_vad_stop = heard.saying("vad stop");
  options.on_recording_start = heard.saying("recording start");
  options.on_recording_stop = heard.saying("recording stop");
  options.on_turn_detection_start = heard.saying("turn start");
  options.on_turn_detection_stop = heard.saying("turn stop");
  options.on_transcription_start = [&](const Pcm& pcm) {
    heard.say("transcription of " + sim::read_words(pcm, kRate));
    return false;
  };
  const auto recorder = make(std::move(options));
  recorder->listen();
  ASSERT_TRUE(recorder->feed_audio(utterance(1)));
  EXPECT_EQ(recorder->text().value(), "w1 w2 w3");
  EXPECT_EQ(heard.all(),
            (std::vector<std::string>{"detect start", "detect stop", "vad start", "recording start",
                                      "turn start", "vad stop", "turn stop", "recording stop",
                                      "detect start", "transcription of w1 w2 w3"}));
}

TEST(Recorder, OnTranscriptionStartCanCancel) {
  auto options = options_with();
  std::atomic<int> asked = 0;
  options.on_transcription_start = [&](const Pcm&) { return ++asked == 1; };
  const auto recorder = make(std::move(options));
  recorder->listen();
  ASSERT_TRUE(recorder->feed_audio(utterance(1) + utterance(11)));
  EXPECT_EQ(recorder->text().error().code, ErrorCode::kCancelled);
  EXPECT_EQ(recorder->text().value(), "w11 w12 w13");
}

// j: a callback that blocked, blocked the audio.
TEST(Recorder, DefectJACallbackThatBlocksDelaysNoAudio) {
  std::promise<void> release;
  auto options = options_with();
  options.on_recording_start = [gate = release.get_future().share()] { gate.wait(); };
  const auto recorder = make(std::move(options));
  recorder->listen();
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(recorder->feed_audio(utterance(1 + 10 * i)));
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(recorder->text().value().substr(0, 2), "w" + std::to_string(1 + 10 * i).substr(0, 1));
  }
  release.set_value();
}

/// Delivers one piece of audio from a thread of its own.
class OneShot final : public AudioSource {
 public:
  OneShot(Pcm pcm, bool can_wait) : pcm_(std::move(pcm)), can_wait_(can_wait) {}
  ~OneShot() override {
    if (thread_.joinable()) thread_.join();
  }
  int rate() const override { return kRate; }
  bool can_wait() const override { return can_wait_; }
  Result<> start(AudioSink sink) override {
    thread_ = std::thread([this, sink = std::move(sink)] {
      sink.on_audio(pcm_);
      sink.on_end({});
    });
    return {};
  }

 private:
  Pcm pcm_;
  bool can_wait_;
  std::thread thread_;
};

// i: too much audio at once, and the oldest was dropped with a line in the log.
TEST(Recorder, DefectIDroppedAudioIsCountedAndReportedAndOnlyAMicrophonesIsDropped) {
  {
    std::promise<double> reported;
    auto options = options_with();
    options.use_microphone = true;
    options.microphone = [](std::optional<int>) -> Result<std::unique_ptr<AudioSource>> {
      return std::make_unique<OneShot>(silence(20s), false);
    };
    options.on_audio_dropped = [&](double seconds) { reported.set_value(seconds); };
    const auto recorder = make(std::move(options));
    EXPECT_DOUBLE_EQ(reported.get_future().get(), 20 - 3.2);
    EXPECT_DOUBLE_EQ(recorder->dropped_seconds(), 20 - 3.2);
  }
  auto options = options_with();
  options.audio_source =
      std::make_unique<OneShot>(silence(40s) + utterance(1) + silence(20s) + utterance(11), true);
  options.on_audio_dropped = [&](double) { ADD_FAILURE(); };
  const auto recorder = make(std::move(options));
  EXPECT_EQ(recorder->heard_seconds(), 0) << "it waits for a listener";
  EXPECT_EQ(recorder->text().value(), "w1 w2 w3");
  EXPECT_EQ(recorder->text().value(), "w11 w12 w13");
  EXPECT_EQ(recorder->text().error().code, ErrorCode::kNotFound);
  EXPECT_EQ(recorder->dropped_seconds(), 0);
}

// c: bytes at another rate went through unconverted.
TEST(Recorder, DefectCEveryRateIsConverted) {
  for (const int rate : {8'000, 22'050, 44'100, 48'000}) {
    const auto recorder = make(options_with());
    recorder->listen();
    const Pcm pcm =
        audio::resample(silence(500ms) + say({40, 40, 40, 40}) + silence(2s), kRate, rate);
    for (std::size_t i = 0; i < pcm.size(); i += 777) {  // in pieces, as a client sends it
      ASSERT_TRUE(recorder->feed_audio(
          std::span(pcm).subspan(i, std::min<std::size_t>(777, pcm.size() - i)), rate));
    }
    recorder->end_audio();
    ASSERT_TRUE(recorder->wait_audio()) << rate;
    EXPECT_EQ(recorder->wait_audio().error().code, ErrorCode::kNotFound);  // all was heard
    EXPECT_NEAR(recorder->heard_seconds(), 3.14, 0.05) << rate;
  }
  const auto recorder = make(options_with());
  EXPECT_EQ(recorder->feed_audio(silence(1s), 4'000).error().code, ErrorCode::kBadInput);
}

// f: abort() could wait for ever and left it deaf.
TEST(Recorder, DefectFAbortEndsEveryWaitAndListensOn) {
  Heard heard;
  auto options = options_with(1ms, true);
  options.on_recording_start = heard.saying("recording");
  options.on_transcription_start = [&](const Pcm&) {
    heard.say("transcribing");
    return false;
  };
  const auto recorder = make(std::move(options));
  auto text = std::async(std::launch::async, [&] { return recorder->text(); });
  while (recorder->state() != RecorderState::kListening) std::this_thread::yield();
  recorder->abort();  // while nobody speaks
  EXPECT_EQ(text.get().error().code, ErrorCode::kCancelled);
  EXPECT_EQ(recorder->state(), RecorderState::kListening);

  ASSERT_TRUE(recorder->feed_audio(silence(300ms) + say({1, 2, 3})));
  ASSERT_TRUE(heard.wait_for("recording"));
  recorder->abort();  // in a recording
  EXPECT_EQ(recorder->state(), RecorderState::kListening);
  EXPECT_FALSE(recorder->has_pending_recordings());

  ASSERT_TRUE(recorder->feed_audio(utterance(11)));
  text = std::async(std::launch::async, [&] { return recorder->text(); });
  ASSERT_TRUE(heard.wait_for("transcribing"));
  recorder->abort();  // while the recogniser hangs
  EXPECT_EQ(text.get().error().code, ErrorCode::kCancelled);
  EXPECT_EQ(recorder->state(), RecorderState::kListening);
  recorder->abort();  // and when there is nothing to abort
}

TEST(Recorder, InterruptLosesNothing) {
  Heard heard;
  auto options = options_with();
  const auto recorder = make(std::move(options));
  auto text = std::async(std::launch::async, [&] { return recorder->text(); });
  while (recorder->state() != RecorderState::kListening) std::this_thread::yield();
  recorder->interrupt();
  EXPECT_EQ(text.get().error().code, ErrorCode::kCancelled);
  ASSERT_TRUE(recorder->feed_audio(utterance(1)));
  EXPECT_EQ(recorder->text().value(), "w1 w2 w3");
}

TEST(Recorder, AnInterruptedTranscriptionIsMadeByTheNextText) {
  std::promise<void> started;
  std::atomic<int> asked = 0;
  auto options = options_with(50ms);
  options.on_transcription_start = [&](const Pcm&) {
    if (++asked == 1) started.set_value();
    return false;
  };
  const auto recorder = make(std::move(options));
  recorder->listen();
  ASSERT_TRUE(recorder->feed_audio(utterance(1)));
  auto text = std::async(std::launch::async, [&] { return recorder->text(); });
  started.get_future().wait();
  recorder->interrupt();
  const auto first = text.get();
  if (first) return;  // it was just done: nothing was lost either
  EXPECT_EQ(first.error().code, ErrorCode::kCancelled);
  EXPECT_TRUE(recorder->has_pending_recordings());
  EXPECT_EQ(recorder->text().value(), "w1 w2 w3");
}

TEST(Recorder, TextWithACallbackGoesOnListeningMeanwhile) {
  Heard heard;
  const auto recorder = make(options_with(30ms));
  recorder->listen();
  ASSERT_TRUE(recorder->feed_audio(utterance(1) + utterance(11)));
  ASSERT_TRUE(recorder->text([&](const std::string& text) { heard.say(text); }));
  ASSERT_TRUE(recorder->text([&](const std::string& text) { heard.say(text); }));
  ASSERT_TRUE(heard.wait_for("w11 w12 w13"));
  EXPECT_EQ(heard.all(), (std::vector<std::string>{"w1 w2 w3", "w11 w12 w13"}));
}

TEST(Recorder, ByHand) {
  const auto recorder = make(options_with());
  EXPECT_EQ(recorder->state(), RecorderState::kInactive);
  recorder->start(say({7}));
  EXPECT_TRUE(recorder->is_recording());
  ASSERT_TRUE(recorder->feed_audio(say({1, 2, 3, 4}) + silence(256ms)));
  while (recorder->heard_seconds() < 0.89) std::this_thread::yield();
  recorder->stop();
  EXPECT_FALSE(recorder->is_recording());
  EXPECT_TRUE(recorder->has_pending_recordings());
  ASSERT_TRUE(recorder->wait_audio());
  EXPECT_EQ(recorder->transcribe().value(), "w7 w1 w2 w3 w4");
  EXPECT_EQ(recorder->transcribe().error().code, ErrorCode::kBadInput);
  EXPECT_EQ(recorder->perform_final_transcription(say({5, 6})).value(), "w5 w6");
}

TEST(Recorder, DefectLostTailEndAudioDeliversIt) {
  const auto recorder = make(options_with());
  recorder->listen();
  const Pcm pcm = audio::resample(silence(500ms) + say({3, 3, 3}), kRate, 48'000);
  ASSERT_TRUE(recorder->feed_audio(pcm, 48'000));
  recorder->end_audio();
  ASSERT_TRUE(recorder->wait_audio());
  EXPECT_EQ(recorder->wait_audio().error().code, ErrorCode::kNotFound);
  EXPECT_EQ(recorder->feed_audio(pcm).error().code, ErrorCode::kBadInput);
}

TEST(Recorder, FlushMakesARecordingOfWhatWasHeard) {
  const auto recorder = make(options_with());
  EXPECT_FALSE(recorder->flush_buffered_audio());
  ASSERT_TRUE(recorder->feed_audio(say({1, 2, 3}) + silence(32ms)));
  while (recorder->heard_seconds() < 0.5) std::this_thread::yield();
  EXPECT_TRUE(recorder->flush_buffered_audio());
  EXPECT_EQ(recorder->text().value(), "w1 w2 w3");
}

TEST(Recorder, LiveTexts) {
  Heard heard;
  auto options = options_with(5ms);
  options.enable_realtime_transcription = true;
  options.realtime_processing_pause = 0;
  options.init_realtime_after_seconds = 0;
  options.on_realtime_transcription_update = [&](const std::string& text) {
    heard.say("update " + text);
  };
  options.on_realtime_text_stabilization_update = [&](const TextStabilization& text) {
    if (text.is_final) heard.say("final " + text.stable_text + (text.final_agrees ? "" : "?"));
  };
  const auto recorder = make(std::move(options));
  recorder->listen();
  ASSERT_TRUE(recorder->feed_audio(silence(500ms) + say({1, 2})));
  ASSERT_TRUE(recorder->feed_audio(say({3, 4})));
  // The pass ends on another thread, so more audio follows until it is told.
  for (int i = 0; i < 2000 && heard.all().empty(); ++i) {
    ASSERT_TRUE(recorder->feed_audio(say({5, 6})));
    std::this_thread::yield();
  }
  recorder->end_audio();
  const auto text = recorder->text();
  ASSERT_TRUE(text);
  ASSERT_TRUE(heard.wait_for("final " + *text));
  EXPECT_TRUE(heard.all().front().starts_with("update w1"));
}

TEST(Recorder, ShutdownEndsEveryWait) {
  auto options = options_with(1ms, true);
  const auto recorder = make(std::move(options));
  recorder->listen();
  ASSERT_TRUE(recorder->feed_audio(utterance(1)));
  auto hanging = std::async(std::launch::async, [&] { return recorder->text(); });
  while (recorder->state() != RecorderState::kTranscribing) std::this_thread::yield();
  auto waiting = std::async(std::launch::async, [&] { return recorder->wait_audio(); });
  recorder->shutdown();
  EXPECT_EQ(hanging.get().error().code, ErrorCode::kCancelled);
  EXPECT_EQ(waiting.get().error().code, ErrorCode::kCancelled);
  EXPECT_EQ(recorder->text().error().code, ErrorCode::kCancelled);
  EXPECT_EQ(recorder->feed_audio(silence(1s)).error().code, ErrorCode::kCancelled);
  recorder->abort();
  recorder->listen();
  recorder->shutdown();
}

TEST(Recorder, ShutdownInsideACallback) {
  std::promise<void> done;
  Recorder* self = nullptr;
  auto options = options_with();
  options.on_recording_stop = [&] {
    self->shutdown();
    done.set_value();
  };
  const auto recorder = make(std::move(options));
  self = recorder.get();
  recorder->listen();
  ASSERT_TRUE(recorder->feed_audio(utterance(1)));
  done.get_future().wait();
}

TEST(Recorder, SettingsChangeWhileItRunsOrAreRefused) {
  const auto recorder = make(options_with());
  EXPECT_TRUE(recorder->set_post_speech_silence_duration(3));
  EXPECT_FALSE(recorder->set_post_speech_silence_duration(-1));
  EXPECT_FALSE(recorder->set_silero_sensitivity(2));
  EXPECT_TRUE(recorder->set_language("en"));
  recorder->listen();
  ASSERT_TRUE(recorder->feed_audio(silence(1s) + say({1}) + silence(2s) + say({2})));
  recorder->end_audio();
  EXPECT_EQ(recorder->text().value(), "w1 w2") << "one recording: the pause was below 3 s";
  EXPECT_EQ(recorder->wakeup().error().code, ErrorCode::kBadConfig);
}

TEST(Recorder, RefusalsAndMissingModelsNameTheWayOut) {
  RecorderOptions cuda;
  cuda.device = "cuda";
  EXPECT_EQ(Recorder::create(std::move(cuda)).error().code, ErrorCode::kBadConfig);
  RecorderOptions nowhere;
  nowhere.download_root = "/nowhere";
  const auto missing = Recorder::create(std::move(nowhere));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_NE(missing.error().detail.find("eva models pull"), std::string::npos);
  auto broken = options_with();
  broken.use_microphone = true;
  broken.microphone = [](std::optional<int>) -> Result<std::unique_ptr<AudioSource>> {
    return fail(ErrorCode::kIo, "no microphone is plugged in");
  };
  EXPECT_EQ(Recorder::create(std::move(broken)).error().detail, "no microphone is plugged in");
}

}  // namespace
}  // namespace eva::recorder
