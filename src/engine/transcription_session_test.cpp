// One session against a scripted recogniser and socket; the pool's threads are real.
#include "engine/transcription_session.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <latch>
#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "pool/manual_executor.h"

namespace eva::engine {
namespace {
using nlohmann::json;

constexpr std::size_t kMs = 24;  // samples of the default format

/// What the other end of the session's socket sees and does.
struct Peer {
  std::vector<json> events;
  io::WebSocketHandlers handlers;
  bool gone = false;  // the session has let go of the socket
};

class FakeSocket final : public io::WebSocket {
 public:
  explicit FakeSocket(Peer& peer) : peer_(peer) {}
  ~FakeSocket() override { peer_.gone = true; }
  void start(io::WebSocketHandlers handlers) override { peer_.handlers = std::move(handlers); }
  void send(std::string text) override { peer_.events.push_back(json::parse(text)); }
  void close(std::uint16_t, std::string) override {}
  std::size_t queued_bytes() const override { return 0; }
  void pause() override {}
  void resume() override {}

 private:
  Peer& peer_;
};

/// Hears one word per 200 ms; sees what each pass is given.
class CountingWhisper final : public Whisper {
 public:
  Result<Transcription> transcribe(std::span<const std::int16_t> pcm, const Hearing& hearing,
                                   CancelToken& cancel) const override {
    if (hearing.unfinished && hold != nullptr) {
      CancelToken::Hook hook(cancel, [this] { cancelled.count_down(); });
      hold->count_down();
      cancelled.wait();
      return fail(ErrorCode::kCancelled, "cancelled");
    }
    if (broken) return fail(ErrorCode::kInternal, "the recogniser broke");
    Transcription heard{.text = hearing.prefix};
    const std::size_t words = pcm.size() / 3200;
    const auto known = static_cast<std::size_t>(std::ranges::count(hearing.prefix, 'w'));
    for (std::size_t i = known; i < words; ++i) {
      heard.text += (heard.text.empty() ? "w" : " w") + std::to_string(i);
    }
    return heard;
  }
  std::latch* hold = nullptr;  // passes wait until they are cancelled
  mutable std::latch cancelled{1};
  std::atomic<bool> broken = false;
};

struct TranscriptionSessionTest : testing::Test {
  pool::ManualExecutor home;
  pool::WorkerPool pool{home, {.workers = 2, .transcription_workers = 0, .queue_limit = 4}};
  ServiceMetrics metrics;
  std::shared_ptr<CountingWhisper> whisper = std::make_shared<CountingWhisper>();
  TranscriptionShared shared{.home = home,
                             .pool = pool,
                             .metrics = metrics,
                             .whisper = whisper,
                             .model = "m",
                             .job_deadline = 10s};
  Peer peer;
  bool closed = false;
  std::unique_ptr<TranscriptionSession> session = std::make_unique<TranscriptionSession>(
      shared, 1, std::make_unique<FakeSocket>(peer), [this] { closed = true; });

  void send(const json& event) { peer.handlers.on_text(event.dump()); }
  void append(std::size_t samples) {
    const std::vector<std::int16_t> pcm(samples, 1000);
    std::string audio;
    base64_append(audio, {reinterpret_cast<const std::uint8_t*>(pcm.data()), samples * 2});
    send({{"type", "input_audio_buffer.append"}, {"audio", audio}});
  }
  void commit() { send({{"type", "input_audio_buffer.commit"}}); }
  std::vector<json> of(const std::string& type) const {
    std::vector<json> found;
    for (const json& event : peer.events) {
      if (event["type"] == type) found.push_back(event);
    }
    return found;
  }
  std::vector<json> deltas() const {
    return of("conversation.item.input_audio_transcription.delta");
  }
  std::vector<json> completed() const {
    return of("conversation.item.input_audio_transcription.completed");
  }
  /// Runs until the pass under way has been told.
  void pass() {
    const std::size_t before = deltas().size();
    home.run_until([&] { return deltas().size() > before; });
  }
};

TEST_F(TranscriptionSessionTest, DeltasMakeUpTheCompletedText) {
  EXPECT_EQ(peer.events.at(0)["type"], "session.created");
  for (int i = 0; i < 12; ++i) {
    append(210 * kMs);
    if (i > 0) pass();
  }
  EXPECT_EQ(deltas().size(), 11u);
  EXPECT_EQ(deltas()[0]["delta"], "");  // nothing is certain yet
  EXPECT_EQ(deltas()[0]["tentative"], "w0 w1");
  commit();
  home.run_until([&] { return !completed().empty(); });
  std::string text;
  for (const json& delta : deltas()) {
    text += delta["delta"].get<std::string>();
    EXPECT_EQ(delta["item_id"], completed()[0]["item_id"]);
  }
  EXPECT_EQ(completed()[0]["transcript"], text);
  EXPECT_EQ(text, "w0 w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 w11");
  EXPECT_NEAR(completed()[0]["usage"]["seconds"].get<double>(), 2.52, 0.001);
  EXPECT_EQ(of("input_audio_buffer.committed")[0]["previous_item_id"], nullptr);
}

TEST_F(TranscriptionSessionTest, APassWaitsForTheOneBefore) {
  std::latch entered(1);
  whisper->hold = &entered;
  append(400 * kMs);
  append(100 * kMs);
  entered.wait();
  EXPECT_EQ(shared.passes, 1);
  for (int i = 0; i < 10; ++i) append(200 * kMs);
  EXPECT_EQ(shared.passes, 1);
  EXPECT_EQ(pool.waiting(), 0u);
  commit();  // cancels it
  EXPECT_EQ(shared.passes, 0);
  home.run_until([&] { return !completed().empty(); });
  EXPECT_TRUE(completed()[0]["transcript"].get<std::string>().starts_with("w0 w1"));
  EXPECT_EQ(deltas().size(), 1u);  // the whole text
}

TEST_F(TranscriptionSessionTest, APassIsFollowedByARestOfItsLength) {
  append(500 * kMs);
  home.advance(300ms);  // it took that long
  pass();
  append(200 * kMs);
  EXPECT_EQ(shared.passes, 0);
  home.advance(299ms);
  EXPECT_EQ(shared.passes, 0);
  home.advance(1ms);
  EXPECT_EQ(shared.passes, 1);
  pass();
}

TEST_F(TranscriptionSessionTest, OnlySoManyPassesRunAtOnce) {
  shared.passes = 1;  // another session's
  append(500 * kMs);
  EXPECT_EQ(shared.passes, 1);
  EXPECT_EQ(pool.running() + pool.waiting(), 0u);
  shared.passes = 0;
  append(100 * kMs);
  EXPECT_EQ(shared.passes, 1);
  pass();
  EXPECT_EQ(shared.passes, 0);
}

TEST_F(TranscriptionSessionTest, ClearForgetsTheUtteranceAndItsPass) {
  append(500 * kMs);
  EXPECT_EQ(shared.passes, 1);
  send({{"type", "input_audio_buffer.clear"}});
  EXPECT_EQ(shared.passes, 0);
  EXPECT_EQ(of("input_audio_buffer.cleared").size(), 1u);
  commit();
  EXPECT_EQ(of("error").at(0)["error"]["code"], "input_audio_buffer_commit_empty");
}

TEST_F(TranscriptionSessionTest, AFailedTranscriptIsToldAndTheNextOneWorks) {
  whisper->broken = true;
  append(300 * kMs);
  commit();
  const auto failed = [&] { return of("conversation.item.input_audio_transcription.failed"); };
  home.run_until([&] { return !failed().empty(); });
  EXPECT_EQ(failed()[0]["error"]["message"], "the recogniser broke");
  whisper->broken = false;
  append(300 * kMs);
  commit();
  home.run_until([&] { return !completed().empty(); });
  EXPECT_EQ(completed()[0]["transcript"], "w0");
  EXPECT_EQ(of("input_audio_buffer.committed")[1]["previous_item_id"], failed()[0]["item_id"]);
}

TEST_F(TranscriptionSessionTest, RefusesTooMuchAudio) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "Base64 of ten minutes takes half a minute and shares nothing between threads";
#endif
  for (int i = 0; i < 20; ++i) append(30 * 1000 * kMs);  // 10 minutes
  EXPECT_TRUE(of("error").empty());
  append(100 * kMs);
  EXPECT_EQ(of("error").at(0)["error"]["code"], "input_audio_buffer_full");
}

TEST_F(TranscriptionSessionTest, RefusesTooManyAtOnce) {
  for (int i = 0; i < 9; ++i) {
    append(200 * kMs);
    commit();
  }
  // The pool takes some at once and lets four wait; of this client eight may be under way.
  EXPECT_GE(of("error").size() + of("conversation.item.input_audio_transcription.failed").size(),
            1u);
}

TEST_F(TranscriptionSessionTest, TheEndOfTheSessionCancelsItsWork) {
  std::latch entered(1);
  whisper->hold = &entered;
  append(500 * kMs);
  entered.wait();
  peer.handlers.on_closed(1000, "");
  EXPECT_TRUE(closed);
  session.reset();
  EXPECT_TRUE(peer.gone);
  EXPECT_EQ(shared.passes, 0);
  whisper->cancelled.wait();
}

TEST_F(TranscriptionSessionTest, TakesTelephoneAudio) {
  send({{"type", "session.update"},
        {"session",
         {{"type", "transcription"},
          {"audio", {{"input", {{"format", {{"type", "audio/pcmu"}}}}}}}}}});
  EXPECT_EQ(of("session.updated").at(0)["session"]["audio"]["input"]["format"]["type"],
            "audio/pcmu");
  const std::vector<std::uint8_t> bytes(8 * 450, 0x40);
  std::string audio;
  base64_append(audio, bytes);
  send({{"type", "input_audio_buffer.append"}, {"audio", audio}});
  pass();
  EXPECT_EQ(deltas()[0]["tentative"], "w0 w1");
}

}  // namespace
}  // namespace eva::engine
