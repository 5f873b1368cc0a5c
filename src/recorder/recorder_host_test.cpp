#include "recorder/recorder_host.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "sim/coded_speech.h"
#include "sim/fake_engines.h"
#include "sim/world.h"

namespace eva::recorder {
namespace {

constexpr int kRate = 16'000;

std::vector<std::int16_t> silence(Duration length) {
  return std::vector<std::int16_t>(static_cast<std::size_t>(duration_to_samples(length, kRate)));
}

std::vector<std::int16_t> operator+(std::vector<std::int16_t> a,
                                    const std::vector<std::int16_t>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

std::vector<std::int16_t> say(std::vector<int> words) {
  return sim::speak_words(words, kRate);
}

/// FakeStt, and what it was asked.
class ListeningStt : public speech::Stt {
 public:
  ListeningStt(Executor& executor, std::uint64_t seed) : fake_(executor, seed) {}
  speech::CallHandle transcribe(
      speech::SttRequest request,
      std::move_only_function<void(Result<speech::Transcript>)> done) override {
    requests.push_back(request);
    return fake_.transcribe(std::move(request), std::move(done));
  }
  std::vector<speech::SttRequest> requests;

 private:
  sim::FakeStt fake_;

 public:
  sim::Behaviour& behaviour = fake_.behaviour;
  const sim::EngineStats& stats = fake_.stats;
};

/// The same with a stream that commits every word but the newest.
class StreamingStt : public ListeningStt {
 public:
  using ListeningStt::ListeningStt;
  std::unique_ptr<speech::SttStream> listen(speech::SttStreamRequest,
                                            speech::SttStreamCallbacks callbacks) override {
    class Stream final : public speech::SttStream {
     public:
      explicit Stream(speech::SttStreamCallbacks given) : callbacks_(std::move(given)) {}
      void push(std::span<const std::int16_t> pcm) override {
        pcm_.insert(pcm_.end(), pcm.begin(), pcm.end());
        const std::string words = sim::read_words(pcm_, kRate);
        if (words == last_) return;
        last_ = words;
        const auto cut = words.rfind(' ');
        callbacks_.on_partial(cut == std::string::npos
                                  ? speech::PartialTranscript{.tentative = words}
                                  : speech::PartialTranscript{.committed = words.substr(0, cut),
                                                              .tentative = words.substr(cut)});
      }

     private:
      speech::SttStreamCallbacks callbacks_;
      std::vector<std::int16_t> pcm_;
      std::string last_;
    };
    ++streams;
    return std::make_unique<Stream>(std::move(callbacks));
  }
  int streams = 0;
};

/// A host whose recordings are transcribed as they end.
template <typename Stt>
struct Ear {
  explicit Ear(HostSettings settings)
      : host(std::make_unique<sim::CodedVad>(), stt, stt, std::move(settings),
             [this](HostEvent event) { on_event(std::move(event)); }) {
    host.listen();
  }
  void on_event(HostEvent event) {
    if (auto* text = std::get_if<LiveTextChanged>(&event)) return live.push_back(text->text);
    auto& core = std::get<CoreEvent>(event);
    if (auto* stopped = std::get_if<RecordingStopped>(&core)) {
      recordings.push_back(stopped->recording);
      calls.push_back(host.transcribe(stopped->recording, [this](Result<FinalText> text) {
        texts.push_back(text ? text->text : "error: " + text.error().detail);
        committed.push_back(text ? text->committed : "");
      }));
    }
  }
  /// In real time, 20 ms at a time.
  void hear(const std::vector<std::int16_t>& pcm) {
    for (std::size_t i = 0; i < pcm.size(); i += 320) {
      world.run_until(world.now() + 20ms);
      host.push(std::span(pcm).subspan(i, std::min<std::size_t>(320, pcm.size() - i)));
    }
  }

  sim::World world;
  Stt stt{world, 1};
  RecorderHost host;
  std::vector<Recording> recordings;
  std::vector<std::string> texts;
  std::vector<std::string> committed;
  std::vector<LiveText> live;
  std::vector<speech::CallHandle> calls;
};

const TextFinish kPlain{.uppercase_start = false, .period_end = false};

std::vector<std::int16_t> conversation() {
  return silence(2s) + say({1, 2, 3}) + silence(400ms) + say({4}) + silence(1500ms) +
         say({5, 6, 7, 8}) + silence(900ms) + say({9}) + silence(2s);
}

// a: time.time() decided, so bursts and a busy machine changed the result.
TEST(RecorderHost, DefectAWallClockTimers) {
  std::vector<std::vector<Recording>> results;
  for (int pace = 0; pace < 12; ++pace) {
    Ear<ListeningStt> run({.finish = kPlain});
    const auto pcm = conversation();
    std::mt19937_64 random(static_cast<std::uint64_t>(pace));
    for (std::size_t at = 0; at < pcm.size();) {
      const std::size_t chunk =
          pace == 0 ? pcm.size()
                    : std::min(pcm.size() - at,
                               std::uniform_int_distribution<std::size_t>(1, 9000)(random));
      // Between chunks any time passes: 10x, 0.1x, bursts, a stalled machine.
      run.world.run_until(run.world.now() +
                          1ms * std::uniform_int_distribution<int>(0, 3000)(random));
      run.host.push(std::span(pcm).subspan(at, chunk));
      at += chunk;
    }
    run.host.end_audio();
    run.world.run_all(Time{1h});
    EXPECT_EQ(run.texts, (std::vector<std::string>{"w1 w2 w3 w4", "w5 w6 w7 w8", "w9"}));
    results.push_back(run.recordings);
  }
  for (const auto& recordings : results) {
    ASSERT_EQ(recordings.size(), results[0].size());
    for (std::size_t i = 0; i < recordings.size(); ++i) {
      EXPECT_EQ(recordings[i].pcm, results[0][i].pcm);
      EXPECT_EQ(recordings[i].start, results[0][i].start);
      EXPECT_EQ(recordings[i].speech_end, results[0][i].speech_end);
    }
  }
}

// The end of a file without silence behind it, and less than a window at the end.
TEST(RecorderHost, DefectLostTail) {
  Ear<ListeningStt> run({.finish = kPlain});
  run.hear(silence(500ms) + say({1, 2}) + std::vector<std::int16_t>(100, 2000 + 3 * 50));
  EXPECT_EQ(run.recordings.size(), 0U);
  run.host.end_audio();
  run.world.run_all(Time{1h});
  ASSERT_EQ(run.recordings.size(), 1U);
  EXPECT_EQ(run.texts, std::vector<std::string>{"w1 w2"});
  EXPECT_EQ(std::ranges::count(run.recordings[0].pcm, 2000 + 3 * 50), 100);
}

TEST(RecorderHost, ASlowRecogniserDelaysTextsAndLosesNothing) {
  Ear<ListeningStt> run({.finish = kPlain});
  run.stt.behaviour.min_delay = run.stt.behaviour.max_delay = 60s;
  run.hear(conversation());
  EXPECT_EQ(run.texts.size(), 0U);
  EXPECT_EQ(run.recordings.size(), 3U);
  run.world.run_all(Time{1h});
  EXPECT_EQ(run.texts, (std::vector<std::string>{"w1 w2 w3 w4", "w5 w6 w7 w8", "w9"}));
}

TEST(RecorderHost, TheEarlyTextIsUsedWhereOnlySilenceFollowed) {
  HostSettings settings{.finish = kPlain};
  settings.core.early_transcription = 200ms;
  Ear<ListeningStt> run(settings);
  run.stt.behaviour.min_delay = run.stt.behaviour.max_delay = 300ms;
  run.hear(silence(1s) + say({1, 2, 3}) + silence(700ms));
  ASSERT_EQ(run.recordings.size(), 0U);
  run.hear(silence(100ms));
  EXPECT_EQ(run.recordings.size(), 1U);
  EXPECT_EQ(run.texts, std::vector<std::string>{"w1 w2 w3"}) << "the text was there already";
  EXPECT_EQ(run.stt.stats.started, 1);
}

TEST(RecorderHost, TheEarlyTextIsDroppedWhereSpeechResumed) {
  HostSettings settings{.finish = kPlain};
  settings.core.early_transcription = 100ms;
  Ear<ListeningStt> run(settings);
  run.stt.behaviour.min_delay = run.stt.behaviour.max_delay = 2s;
  run.hear(silence(1s) + say({1, 2}) + silence(500ms) + say({3}) + silence(1s));
  run.world.run_all(Time{1h});
  EXPECT_EQ(run.texts, std::vector<std::string>{"w1 w2 w3"});
  EXPECT_EQ(run.stt.stats.started, 2);
  EXPECT_EQ(run.stt.stats.cancelled, 1) << "its request is closed";
}

TEST(RecorderHost, LiveTextsWithoutAStream) {
  HostSettings settings{.live_text = true, .finish = kPlain};
  Ear<ListeningStt> run(settings);
  run.stt.behaviour.min_delay = run.stt.behaviour.max_delay = 120ms;
  run.hear(silence(1s) + say({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}) + silence(2s));
  run.world.run_all(Time{1h});
  ASSERT_GE(run.live.size(), 3U);
  std::string before;
  for (const LiveText& text : run.live) {
    EXPECT_TRUE(text.committed.starts_with(before)) << "taken back";
    before = text.committed;
  }
  EXPECT_TRUE(before.starts_with("w1 w2")) << before;
  EXPECT_EQ(run.texts, std::vector<std::string>{"w1 w2 w3 w4 w5 w6 w7 w8 w9 w10"});
  EXPECT_EQ(run.committed[0], before);
}

TEST(RecorderHost, OnePassAtATimeHoweverSlow) {
  HostSettings settings{.live_text = true, .finish = kPlain};
  settings.live.pause = 0ms;
  Ear<ListeningStt> run(settings);
  run.stt.behaviour.min_delay = run.stt.behaviour.max_delay = 1s;
  run.hear(silence(1s) + say({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}) + silence(2s));
  // 1.9 s of speech: two passes and the final text.
  EXPECT_LE(run.stt.stats.started, 3);
}

TEST(RecorderHost, LiveTextsOfAStream) {
  HostSettings settings{.live_text = true, .finish = kPlain};
  settings.live.pause = 0ms;
  Ear<StreamingStt> run(settings);
  run.hear(silence(1s) + say({1, 2, 3, 4, 5}) + silence(2s));
  run.world.run_all(Time{1h});
  EXPECT_EQ(run.stt.streams, 1);
  EXPECT_EQ(run.stt.stats.started, 1) << "the final text only";
  ASSERT_FALSE(run.live.empty());
  EXPECT_EQ(run.live.back().committed, "w1 w2 w3 w4");
  EXPECT_EQ(run.live.back().tentative, " w5");
}

TEST(RecorderHost, NoLiveTextBeforeItsTimeAndNoMoreOftenThanAsked) {
  HostSettings settings{.live_text = true, .finish = kPlain};
  settings.live.pause = 500ms;
  settings.live.init_after = 1s;
  Ear<StreamingStt> run(settings);
  run.hear(silence(1s) + say({1, 2, 3, 4, 5}));  // 0.8 s
  EXPECT_EQ(run.live.size(), 0U);
  run.hear(say({6, 7, 8, 9, 10, 11, 12, 13}));  // until 2.08 s
  EXPECT_GE(run.live.size(), 2U);
  EXPECT_LE(run.live.size(), 3U);
}

TEST(RecorderHost, NormalizedAudioReachesTheRecogniserOnly) {
  HostSettings settings{.language = "en", .prompt = "names", .normalize_audio = true};
  Ear<ListeningStt> run(settings);
  run.hear(silence(1s) + say({1}) + silence(1s));
  ASSERT_EQ(run.stt.requests.size(), 1U);
  EXPECT_NEAR(*std::ranges::max_element(run.stt.requests[0].pcm), 0.95 * 32767, 2);
  EXPECT_EQ(*std::ranges::max_element(run.recordings[0].pcm), 2050);
  EXPECT_EQ(run.stt.requests[0].language, "en");
  EXPECT_EQ(run.stt.requests[0].prompt, "names");
}

TEST(RecorderHost, TextsAreFinished) {
  Ear<ListeningStt> run(HostSettings{});
  run.hear(silence(1s) + say({1, 2}) + silence(2s));
  EXPECT_EQ(run.texts, std::vector<std::string>{"W1 w2."});
}

TEST(RecorderHost, WordsLookAsInTheFinishedText) {
  class : public speech::Stt {
   public:
    speech::CallHandle transcribe(
        speech::SttRequest,
        std::move_only_function<void(Result<speech::Transcript>)> done) override {
      answer = std::move(done);
      return std::make_unique<speech::Call>();
    }
    std::move_only_function<void(Result<speech::Transcript>)> answer;
  } stt;
  RecorderHost host(std::make_unique<sim::CodedVad>(), stt, stt, {}, [](const HostEvent&) {});
  std::vector<speech::Word> words;
  const auto call =
      host.transcribe({.pcm = say({1})}, [&](Result<FinalText> text) { words = text->words; });
  stt.answer(speech::Transcript{"go back", {{"go", 0ms, 100ms}, {"back", 100ms, 300ms}}});
  ASSERT_EQ(words.size(), 2U);
  EXPECT_EQ(words[0].text, "Go");
  EXPECT_EQ(words[1].text, "back.");
  EXPECT_EQ(words[1].start, 100ms);
}

TEST(RecorderHost, AFailureIsTold) {
  Ear<ListeningStt> run(HostSettings{});
  run.stt.behaviour.fault = sim::Behaviour::Fault::kFail;
  run.hear(silence(1s) + say({1, 2}) + silence(2s));
  EXPECT_EQ(run.texts, std::vector<std::string>{"error: the engine broke"});
}

TEST(RecorderHost, ADestroyedHandleCancels) {
  Ear<ListeningStt> run(HostSettings{});
  run.stt.behaviour.fault = sim::Behaviour::Fault::kHang;
  run.hear(silence(1s) + say({1, 2}) + silence(2s));
  ASSERT_EQ(run.calls.size(), 1U);
  run.calls.clear();
  EXPECT_EQ(run.stt.stats.cancelled, 1);
  EXPECT_TRUE(run.texts.empty());
}

}  // namespace
}  // namespace eva::recorder
