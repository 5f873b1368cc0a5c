#include "cli/measured_engines.h"

#include <gtest/gtest.h>

#include <string>

#include "sim/world.h"

namespace eva::cli {
namespace {

/// Sends `piece` again and again, without an end; each as a task of its own.
class EndlessCall final : public speech::Call {
 public:
  EndlessCall(io::EventLoop& loop, std::function<void()> piece)
      : loop_(loop), piece_(std::move(piece)) {
    next();
  }
  ~EndlessCall() override { loop_.cancel(timer_); }

 private:
  void next() {
    timer_ = loop_.call_at(loop_.now(), [this] {
      next();
      piece_();
    });
  }
  io::EventLoop& loop_;
  std::function<void()> piece_;
  TimerId timer_ = 0;
};

struct EndlessLlm final : speech::Llm {
  explicit EndlessLlm(io::EventLoop& l) : loop(l) {}
  speech::CallHandle complete(speech::LlmRequest, speech::LlmCallbacks callbacks) override {
    const auto shared = std::make_shared<speech::LlmCallbacks>(std::move(callbacks));
    return std::make_unique<EndlessCall>(loop, [shared] { shared->on_text("0123456789"); });
  }
  io::EventLoop& loop;
};

struct EndlessTts final : speech::Tts {
  explicit EndlessTts(io::EventLoop& l) : loop(l) {}
  speech::CallHandle speak(speech::TtsRequest, speech::TtsCallbacks callbacks) override {
    const auto shared = std::make_shared<speech::TtsCallbacks>(std::move(callbacks));
    return std::make_unique<EndlessCall>(
        loop, [shared] { shared->on_audio(std::vector<std::int16_t>(speech::kTtsRate)); });
  }
  io::EventLoop& loop;
};

struct SilentStt final : speech::Stt {
  speech::CallHandle transcribe(
      speech::SttRequest, std::move_only_function<void(Result<speech::Transcript>)>) override {
    return std::make_unique<speech::Call>();
  }
};

struct Reply {
  std::string text;
  std::optional<Result<speech::LlmUsage>> end;
};

Reply ask(io::EventLoop& loop, const AnswerBounds& bounds) {
  sim::World world;
  EndlessLlm real(loop);
  MeasuredLlm llm(loop, world, real, bounds);
  Reply reply;
  const auto call =
      llm.complete({}, {.on_text = [&](std::string_view text) { reply.text += text; },
                        .on_done = [&](Result<speech::LlmUsage> end) { reply.end = end; }});
  EXPECT_EQ(reply.text, "");  // nothing before the virtual clock moves
  world.run_until(Time(1h));
  return reply;
}

TEST(MeasuredLlm, AnEndlessReplyEndsAtTheSessionsLimit) {
  io::EventLoop loop;
  const Reply reply = ask(loop, {.characters = 95});
  EXPECT_EQ(reply.text.size(), 100u);
  ASSERT_TRUE(reply.end && *reply.end);
  EXPECT_TRUE((*reply.end)->truncated);
}

TEST(MeasuredLlm, AnEndlessReplyEndsAtTheDeadline) {
  io::EventLoop loop;
  const Reply reply = ask(loop, {.characters = std::size_t{1} << 40, .time = 20ms});
  EXPECT_NE(reply.text, "");
  ASSERT_TRUE(reply.end && !*reply.end);
  EXPECT_EQ(reply.end->error().code, ErrorCode::kTimeout);
}

TEST(MeasuredLlm, AnInterruptionEndsTheReply) {
  io::EventLoop loop;
  int asked = 0;
  const Reply reply =
      ask(loop, {.characters = std::size_t{1} << 40, .interrupted = [&] { return ++asked > 3; }});
  ASSERT_TRUE(reply.end && !*reply.end);
  EXPECT_EQ(reply.end->error().code, ErrorCode::kCancelled);
}

TEST(MeasuredTts, AnEndlessPieceEndsAtItsLength) {
  io::EventLoop loop;
  sim::World world;
  EndlessTts real(loop);
  const AnswerBounds bounds{.audio = 3s};
  MeasuredTts tts(loop, world, real, bounds);
  std::size_t samples = 0;
  std::optional<Result<>> end;
  const auto call =
      tts.speak({}, {.on_audio = [&](std::span<const std::int16_t> pcm) { samples += pcm.size(); },
                     .on_done = [&](Result<> value) { end = value; }});
  world.run_until(Time(1h));
  EXPECT_EQ(samples, 3u * speech::kTtsRate);
  ASSERT_TRUE(end && !*end);
  EXPECT_EQ(end->error().code, ErrorCode::kProtocol);
}

TEST(MeasuredStt, SilenceEndsAtTheDeadline) {
  io::EventLoop loop;
  sim::World world;
  SilentStt real;
  const AnswerBounds bounds{.time = 20ms};
  MeasuredStt stt(loop, world, real, bounds);
  std::optional<Result<speech::Transcript>> end;
  const auto call =
      stt.transcribe({}, [&](Result<speech::Transcript> value) { end = std::move(value); });
  world.run_until(Time(20ms) - 1us);
  EXPECT_FALSE(end);  // as long on the virtual clock as it really took
  world.run_until(Time(1h));
  ASSERT_TRUE(end && !*end);
  EXPECT_EQ(end->error().code, ErrorCode::kTimeout);
}

/// Tells how much audio it has got, 5 ms after each push, as a task of its own.
struct ListeningStt final : speech::Stt {
  explicit ListeningStt(io::EventLoop& l) : loop(l) {}
  speech::CallHandle transcribe(
      speech::SttRequest, std::move_only_function<void(Result<speech::Transcript>)>) override {
    return std::make_unique<speech::Call>();
  }
  std::unique_ptr<speech::SttStream> listen(speech::SttStreamRequest,
                                            speech::SttStreamCallbacks callbacks) override {
    struct Stream final : speech::SttStream {
      Stream(io::EventLoop& l, speech::SttStreamCallbacks c) : loop(l), callbacks(std::move(c)) {}
      ~Stream() override { loop.cancel(timer); }
      void push(std::span<const std::int16_t> pcm) override {
        samples += pcm.size();
        timer = loop.call_at(loop.now() + 5ms, [this] {
          callbacks.on_partial({std::to_string(samples), "", {}});
        });
      }
      io::EventLoop& loop;
      speech::SttStreamCallbacks callbacks;
      std::size_t samples = 0;
      TimerId timer = 0;
    };
    return offers ? std::make_unique<Stream>(loop, std::move(callbacks)) : nullptr;
  }
  io::EventLoop& loop;
  bool offers = true;
};

TEST(MeasuredStt, PartialsArriveAfterTheTimeTheyTook) {
  io::EventLoop loop;
  sim::World world;
  ListeningStt real(loop);
  const AnswerBounds bounds;
  MeasuredStt stt(loop, world, real, bounds);
  std::vector<std::string> heard;
  const auto stream = stt.listen({}, {.on_partial =
                                          [&](speech::PartialTranscript partial) {
                                            heard.push_back(std::move(partial.committed));
                                          },
                                      .on_failed = [](const Error&) {}});
  ASSERT_TRUE(stream);
  const std::vector<std::int16_t> chunk(speech::kSttRate / 10);
  for (int i = 0; i < 6; ++i) stream->push(chunk);  // a pass at 400 ms, one at 600
  world.run_until(Time(5ms) - 1us);
  EXPECT_TRUE(heard.empty());
  world.run_until(Time(1h));
  EXPECT_EQ(heard, (std::vector<std::string>{"6400", "9600"}));

  real.offers = false;
  EXPECT_EQ(stt.listen({}, {}), nullptr);
}

}  // namespace
}  // namespace eva::cli
