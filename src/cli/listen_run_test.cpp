#include "cli/listen_run.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "audio/wav.h"
#include "cli/stdin_source.h"
#include "sim/coded_speech.h"
#include "sim/fake_engines.h"

namespace eva::cli {
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

std::string bytes_of(const Pcm& pcm) {
  return {reinterpret_cast<const char*>(pcm.data()), pcm.size() * 2};
}

/// A pipe whose writer is a thread.
class Pipe {
 public:
  explicit Pipe(std::string bytes, bool ends = true) : ends_by_itself_(ends) {
    if (pipe(ends_) != 0) std::terminate();
    writer_ = std::thread([this, bytes = std::move(bytes), ends] {
      for (std::size_t at = 0; at < bytes.size();) {
        const ssize_t count = write(ends_[1], bytes.data() + at, bytes.size() - at);
        if (count <= 0) break;
        at += static_cast<std::size_t>(count);
      }
      if (ends) close(ends_[1]);
    });
  }
  ~Pipe() {
    writer_.join();
    if (!ends_by_itself_) close(ends_[1]);
    close(ends_[0]);
  }
  int fd() const { return ends_[0]; }

 private:
  int ends_[2]{};
  bool ends_by_itself_;
  std::thread writer_;
};

struct Listening {
  explicit Listening(std::unique_ptr<recorder::AudioSource> source, ListenPace pace = {},
                     ListenRun::Subtitles subtitles = {}) {
    settings.finish = {.uppercase_start = false, .period_end = false};
    run.emplace(loop, ListenRun::Parts{.vad = std::make_unique<sim::CodedVad>(),
                                       .final_stt = stt,
                                       .live_stt = stt,
                                       .settings = settings,
                                       .source = std::move(source),
                                       .output = output,
                                       .subtitles = std::move(subtitles),
                                       .pace = pace});
  }
  void listen() {
    ASSERT_TRUE(run->start());
    loop.run_until([&] { return run->done(); });
  }
  io::EventLoop loop;
  sim::FakeStt stt{loop, 1};
  recorder::HostSettings settings;
  std::ostringstream out;
  std::ostringstream notes;
  ListenOutput output{out, notes, {.form = ListenLook::Form::kLines}};
  std::optional<ListenRun> run;
};

TEST(ListenRun, TextsComeInOrderHoweverTheRecogniserAnswers) {
  Pcm pcm = silence(1s);
  std::string expected;
  for (int i = 0; i < 20; ++i) {
    pcm = pcm + say({10 * i, 10 * i + 1}) + silence(1s);
    expected += fmt::format("w{} w{}\n", 10 * i, 10 * i + 1);
  }
  const Pipe pipe(audio::wav_head(kRate) + bytes_of(pcm));
  Listening listening(pipe_source(pipe.fd(), 8'000), {.most_waiting = 4});
  listening.stt.behaviour = {.min_delay = 0ms, .max_delay = 20ms};
  listening.listen();
  EXPECT_EQ(listening.out.str(), expected);
  EXPECT_FALSE(listening.run->error());
  EXPECT_EQ(listening.run->failures(), 0);
}

TEST(ListenRun, TheTailOfAPipeIsHeard) {
  const Pipe pipe(bytes_of(silence(300ms) + say({7, 8})));
  Listening listening(pipe_source(pipe.fd(), kRate));
  listening.listen();
  EXPECT_EQ(listening.out.str(), "w7 w8\n");
}

TEST(ListenRun, APipeThatBreaksKeepsWhatWasHeard) {
  const Pipe pipe("RIFFxxxxAVI ");
  Listening listening(pipe_source(pipe.fd(), kRate));
  listening.listen();
  ASSERT_TRUE(listening.run->error());
  EXPECT_EQ(listening.out.str(), "");
}

TEST(ListenRun, ARecogniserThatFailsIsToldPerRecording) {
  const Pipe pipe(bytes_of(silence(300ms) + say({7}) + silence(1s) + say({8}) + silence(1s)));
  Listening listening(pipe_source(pipe.fd(), kRate));
  listening.stt.behaviour.fault = sim::Behaviour::Fault::kFail;
  listening.listen();
  EXPECT_EQ(listening.run->failures(), 2);
  EXPECT_NE(listening.notes.str().find("recording 2 has no text"), std::string::npos);
}

TEST(ListenRun, FinishGivesTheTextOfWhatWasSaidSoFar) {
  const Pipe pipe(bytes_of(silence(300ms) + say({7, 8, 9})), false);  // and then nothing
  Listening listening(pipe_source(pipe.fd(), kRate));
  ASSERT_TRUE(listening.run->start());
  bool heard = false;
  std::function<void()> look = [&] {  // all of the speech, before its silence
    heard = listening.run->heard() >= 768ms;
    if (!heard) listening.loop.call_at(listening.loop.now() + 1ms, look);
  };
  look();
  listening.loop.run_until([&] { return heard; });
  EXPECT_EQ(listening.out.str(), "");
  listening.run->finish();
  listening.loop.run_until([&] { return listening.run->done(); });
  EXPECT_EQ(listening.out.str(), "w7 w8 w9\n");
}

TEST(ListenRun, RealTimeTakesAsLongAsTheAudio) {
  const Pipe pipe(bytes_of(say({7, 8}) + silence(80ms)));  // 400 ms
  Listening listening(pipe_source(pipe.fd(), kRate), {.realtime = true});
  const Time start = listening.loop.now();
  listening.listen();
  EXPECT_GE(listening.loop.now() - start, 400ms);
  EXPECT_EQ(listening.out.str(), "w7 w8\n");
}

TEST(ListenRun, SubtitlesCountFromTheFirstSample) {
  const auto file =
      std::filesystem::temp_directory_path() / ("eva-listen-" + std::to_string(getpid()) + ".srt");
  auto srt = SubtitleFile::create(file, SubtitleFile::Format::kSrt);
  ASSERT_TRUE(srt);
  ListenRun::Subtitles subtitles;
  subtitles.srt = std::move(*srt);
  const Pipe pipe(bytes_of(silence(2048ms) + say({7, 8, 9, 10}) + silence(2s) + say({4})));
  Listening listening(pipe_source(pipe.fd(), kRate), {}, std::move(subtitles));
  listening.listen();
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  EXPECT_EQ(text.str(),
            "1\n00:00:02,048 --> 00:00:02,688\nw7 w8 w9 w10\n\n"
            "2\n00:00:04,704 --> 00:00:04,832\nw4\n\n");
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace eva::cli
