// A whole connection in virtual time: a scripted client on a fake socket, fake engines, the real
// rest.
#include "transport/realtime_connection.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "audio/g711.h"
#include "base/base64.h"
#include "sim/coded_speech.h"
#include "sim/fake_engines.h"
#include "sim/world.h"

namespace eva::transport {
namespace {

using nlohmann::json;

struct FakeSocket final : io::WebSocket {
  struct Peer {  // what the client sees and does
    io::WebSocketHandlers handlers;
    std::vector<json> received;
    int close_code = 0;
    bool paused = false;
  };
  explicit FakeSocket(Peer& p) : peer(p) {}
  void start(io::WebSocketHandlers handlers) override { peer.handlers = std::move(handlers); }
  void send(std::string text) override { peer.received.push_back(json::parse(text)); }
  void close(std::uint16_t code, std::string) override { peer.close_code = code; }
  std::size_t queued_bytes() const override { return 0; }
  void pause() override { peer.paused = true; }
  void resume() override { peer.paused = false; }
  Peer& peer;
};

struct Refusals final : session::NoticeSink {
  void on_notice(const session::Notice& notice, Time) override {
    count += std::holds_alternative<session::CommandRefused>(notice) ? 1 : 0;
  }
  void on_failed(std::string_view what) override { ADD_FAILURE() << what; }
  int count = 0;
};

class Connection : public testing::Test {
 protected:
  Connection() : stt(world, 1), llm(world, 2), tts(world, 3) { connect({}); }

  void connect(RealtimeLimits limits) {
    connection.reset();
    client = {};
    RealtimeParts parts{.session = {},
                        .make_session =
                            [](const session::Settings& settings) {
                              session::SessionParts out;
                              out.vad = std::make_unique<sim::CodedVad>();
                              out.end_of_turn = [](const turn::TurnSettings& t) {
                                return std::make_unique<turn::SilenceEndOfTurn>(t.silence);
                              };
                              out.settings = settings;
                              out.id_suffix = "7";
                              return out;
                            },
                        .engines = {stt, llm, tts},
                        .observer = &refusals,
                        .limits = limits,
                        .id_suffix = "7",
                        .now_unix = 1000};
    parts.session.model = "eva";
    parts.session.voice = "joe";
    parts.session.transcription = true;
    parts.session.transcription_model = "whisper";
    connection = std::make_unique<RealtimeConnection>(world, std::make_unique<FakeSocket>(client),
                                                      std::move(parts), [this] { ++closed; });
  }

  void send(const json& event) {
    while (client.paused) world.run_until(world.now() + 1ms);
    client.handlers.on_text(event.dump());
  }
  void send_bytes(const std::vector<std::uint8_t>& bytes) {
    std::string audio;
    base64_append(audio, bytes);
    send({{"type", "input_audio_buffer.append"}, {"audio", audio}});
  }
  // Sends coded speech or silence in real time, 20 ms at a time.
  void stream(const std::vector<std::int16_t>& pcm, int rate) {
    const auto chunk = static_cast<std::size_t>(rate / 50);
    for (std::size_t i = 0; i < pcm.size(); i += chunk) {
      world.run_until(world.now() + 20ms);
      std::vector<std::uint8_t> bytes;
      for (std::size_t k = i; k < std::min(pcm.size(), i + chunk); ++k) {
        bytes.push_back(static_cast<std::uint8_t>(pcm[k] & 0xff));
        bytes.push_back(static_cast<std::uint8_t>(pcm[k] >> 8));
      }
      send_bytes(bytes);
    }
  }
  void say(std::vector<int> words, int rate = 24'000) {
    stream(sim::speak_words(words, rate), rate);
  }
  void silence(Duration length, int rate = 24'000) {
    stream(std::vector<std::int16_t>(static_cast<std::size_t>(duration_to_samples(length, rate))),
           rate);
  }
  std::string types() const {
    std::string out;
    for (const json& event : client.received) {
      const std::string type = event["type"];
      if (type == "response.output_audio.delta" && out.ends_with(type + "\n")) continue;
      out += type + "\n";
    }
    return out;
  }
  json last(const std::string& type) const {
    for (auto event = client.received.rbegin(); event != client.received.rend(); ++event) {
      if ((*event)["type"] == type) return *event;
    }
    return nullptr;
  }

  Refusals refusals;
  sim::World world;
  sim::FakeStt stt;
  sim::FakeLlm llm;
  sim::FakeTts tts;
  FakeSocket::Peer client;
  std::unique_ptr<RealtimeConnection> connection;
  int closed = 0;
};

TEST_F(Connection, AVoiceTurnGivesTheEventsInTheirOrder) {
  say({1, 2});
  silence(2s);
  EXPECT_EQ(types(),
            "session.created\n"
            "input_audio_buffer.speech_started\n"
            "conversation.item.input_audio_transcription.delta\n"
            "input_audio_buffer.speech_stopped\n"
            "input_audio_buffer.committed\n"
            "conversation.item.added\n"
            "conversation.item.done\n"
            "conversation.item.input_audio_transcription.delta\n"
            "conversation.item.input_audio_transcription.completed\n"
            "response.created\n"
            "response.output_item.added\n"
            "conversation.item.added\n"
            "response.content_part.added\n"
            "response.output_audio_transcript.delta\n"
            "response.output_audio.delta\n"
            "response.output_audio.done\n"
            "response.output_audio_transcript.done\n"
            "response.content_part.done\n"
            "response.output_item.done\n"
            "conversation.item.done\n"
            "response.done\n");
  EXPECT_EQ(last("response.done")["response"]["status"], "completed");
  EXPECT_EQ(last("response.done")["response"]["output"][0]["content"][0]["transcript"], "fine.");
  std::set<std::string> ids;
  for (const json& event : client.received) EXPECT_TRUE(ids.insert(event["event_id"]).second);
}

TEST_F(Connection, TheUserItemHasOneIdThroughout) {
  say({1});
  silence(1s);
  const std::string id = last("input_audio_buffer.speech_started")["item_id"];
  EXPECT_EQ(last("input_audio_buffer.speech_stopped")["item_id"], id);
  EXPECT_EQ(last("input_audio_buffer.committed")["item_id"], id);
  EXPECT_EQ(last("conversation.item.input_audio_transcription.completed")["item_id"], id);
  EXPECT_EQ(last("conversation.item.input_audio_transcription.completed")["transcript"], "w1");
}

TEST_F(Connection, SettingsAreChangedAndEchoed) {
  send({{"type", "session.update"},
        {"session",
         {{"type", "realtime"},
          {"audio", {{"input", {{"turn_detection", {{"silence_duration_ms", 900}}}}}}}}}});
  const json session = last("session.updated")["session"];
  EXPECT_EQ(session["audio"]["input"]["turn_detection"]["silence_duration_ms"], 900);
  EXPECT_EQ(session["expires_at"], 1000 + 3600);
  say({1});
  silence(800ms);
  EXPECT_TRUE(last("input_audio_buffer.speech_stopped").is_null());
  silence(300ms);
  EXPECT_FALSE(last("input_audio_buffer.speech_stopped").is_null());
}

TEST_F(Connection, ABadEventIsNamedAndTheConnectionLivesOn) {
  client.handlers.on_text("{nonsense");
  send({{"type", "session.update"},
        {"event_id", "mine"},
        {"session", {{"type", "realtime"}, {"foo", 1}}}});
  const json error = last("error")["error"];
  EXPECT_EQ(error["code"], "unknown_parameter");
  EXPECT_EQ(error["param"], "session.foo");
  EXPECT_EQ(error["event_id"], "mine");
  EXPECT_EQ(error["type"], "invalid_request_error");
  say({1});
  silence(2s);
  EXPECT_EQ(last("response.done")["response"]["status"], "completed");
}

TEST_F(Connection, OddBytesAreRefused) {
  send_bytes({1, 2, 3});
  EXPECT_EQ(last("error")["error"]["code"], "invalid_value");
}

TEST_F(Connection, EveryRefusalIsCounted) {
  send({{"type", "no.such.event"}});
  send_bytes({1, 2, 3});
  send({{"type", "session.update"}, {"session", {{"type", "realtime"}, {"nonsense", 1}}}});
  send({{"type", "response.cancel"}});
  EXPECT_EQ(refusals.count, 4);
}

TEST_F(Connection, AudioFasterThanRealTimeIsRefusedBeyondTwoSeconds) {
  const std::vector<std::uint8_t> half_second(24'000);
  for (int i = 0; i < 4; ++i) send_bytes(half_second);
  EXPECT_TRUE(last("error").is_null());
  send_bytes(half_second);
  EXPECT_EQ(last("error")["error"]["code"], "audio_too_fast");
  world.run_until(world.now() + 499ms);
  client.received.clear();
  send_bytes(half_second);
  EXPECT_FALSE(last("error").is_null());
  world.run_until(world.now() + 1ms);
  client.received.clear();
  send_bytes(half_second);
  EXPECT_TRUE(last("error").is_null());
}

TEST_F(Connection, WithoutTurnDetectionAClipMayComeAtOnce) {
  send(
      {{"type", "session.update"},
       {"session", {{"type", "realtime"}, {"audio", {{"input", {{"turn_detection", nullptr}}}}}}}});
  std::vector<std::uint8_t> bytes;
  for (const auto s : sim::speak_words(std::vector{3, 4}, 24'000)) {
    bytes.push_back(static_cast<std::uint8_t>(s & 0xff));
    bytes.push_back(static_cast<std::uint8_t>(s >> 8));
  }
  bytes.resize(10 * 48'000);
  send_bytes(bytes);
  send({{"type", "input_audio_buffer.commit"}});
  send({{"type", "response.create"}});
  world.run_until(world.now() + 3s);
  EXPECT_EQ(last("conversation.item.input_audio_transcription.completed")["transcript"], "w3 w4");
  EXPECT_EQ(last("response.done")["response"]["status"], "completed");
  EXPECT_TRUE(last("error").is_null());
}

TEST_F(Connection, TelephoneAudioBothWays) {
  send({{"type", "session.update"},
        {"session",
         {{"type", "realtime"},
          {"audio",
           {{"input", {{"format", {{"type", "audio/pcmu"}}}}},
            {"output", {{"format", {{"type", "audio/pcmu"}}}}}}}}}});
  EXPECT_EQ(last("session.updated")["session"]["audio"]["input"]["format"]["type"], "audio/pcmu");
  send({{"type", "conversation.item.create"},
        {"item",
         {{"type", "message"},
          {"role", "user"},
          {"content", json::array({{{"type", "input_text"}, {"text", "hi"}}})}}}});
  llm.script = [](const auto&) { return "w10 w11 w12 w13 w14 w15."; };
  send({{"type", "response.create"}});
  world.run_until(world.now() + 3s);
  std::vector<std::int16_t> pcm;
  for (const json& event : client.received) {
    if (event["type"] != "response.output_audio.delta") continue;
    const auto bytes = base64_decode(event["delta"].get<std::string>());
    for (const auto b : *bytes) pcm.push_back(audio::decode_mulaw(b));
  }
  EXPECT_NEAR(static_cast<double>(pcm.size()), 6 * 1280, 40);
  EXPECT_NEAR(pcm[640], 2500, 60);  // the middle of w10
}

TEST_F(Connection, AFloodOfEventsIsReadSlowly) {
  connect({.events_per_second = 20});
  for (int i = 0; i < 20; ++i) send({{"type", "input_audio_buffer.clear"}});
  EXPECT_FALSE(client.paused);
  const Time begin = world.now();
  for (int i = 0; i < 41; ++i) send({{"type", "input_audio_buffer.clear"}});
  EXPECT_NEAR(static_cast<double>(to_ms(world.now() - begin)), 2000, 60);
  EXPECT_EQ(client.close_code, 0);
}

TEST_F(Connection, LongAudioLeavesTheLoopToOthers) {
  send(
      {{"type", "session.update"},
       {"session", {{"type", "realtime"}, {"audio", {{"input", {{"turn_detection", nullptr}}}}}}}});
  std::vector<std::uint8_t> bytes;
  for (const auto s : sim::speak_words(std::vector{1, 2}, 24'000)) {
    bytes.push_back(static_cast<std::uint8_t>(s & 0xff));
    bytes.push_back(static_cast<std::uint8_t>(s >> 8));
  }
  bytes.resize(60 * 48'000);  // a minute at once
  bool ran = false;
  world.post([&] { ran = true; });
  send_bytes(bytes);
  EXPECT_TRUE(client.paused);
  EXPECT_FALSE(ran);
  world.run_until(world.now());
  EXPECT_TRUE(ran);
  send({{"type", "input_audio_buffer.commit"}});
  world.run_until(world.now() + 1s);
  EXPECT_EQ(last("conversation.item.input_audio_transcription.completed")["transcript"], "w1 w2");
}

TEST_F(Connection, ANullIsNoValue) {
  send({{"type", "response.create"},
        {"response",
         {{"instructions", nullptr},
          {"output_modalities", nullptr},
          {"tools", nullptr},
          {"conversation", nullptr},
          {"metadata", nullptr},
          {"max_output_tokens", nullptr}}}});
  EXPECT_TRUE(last("error").is_null()) << last("error").dump();
  EXPECT_TRUE(last("response.created")["response"].contains("status_details"));
}

TEST_F(Connection, ThePeerIsToldLittleOfAFailure) {
  stt.behaviour.fault = sim::Behaviour::Fault::kFail;
  say({1});
  silence(1s);
  const auto failed = last("conversation.item.input_audio_transcription.failed");
  EXPECT_EQ(failed["error"]["message"],
            "The server failed in recognising speech; its log tells why.");
}

TEST_F(Connection, ACallHasAnEnd) {
  connect({.session = 10s});
  world.run_until(world.now() + 9999ms);
  EXPECT_EQ(client.close_code, 0);
  world.run_until(world.now() + 1ms);
  EXPECT_EQ(last("error")["error"]["code"], "session_expired");
  EXPECT_EQ(client.close_code, 1001);
}

TEST_F(Connection, ADeadSocketEndsItOnceAndCancelsTheWork) {
  llm.behaviour.fault = sim::Behaviour::Fault::kHang;
  say({1});
  silence(1s);
  EXPECT_EQ(llm.stats.started, 1);
  client.handlers.on_closed(1006, "");
  EXPECT_EQ(closed, 1);
  connection.reset();
  EXPECT_EQ(llm.stats.cancelled, 1);
  world.run_until(world.now() + 1min);
}

TEST_F(Connection, InterruptionAndTruncation) {
  llm.script = [](const auto&) {
    return "w10 w11 w12 w13 w14 w15 w16 w17 w18 w19 w20 w21 w22 w23 w24 w25.";
  };
  say({1});
  silence(2s);
  say({2, 3, 4});
  const json done = last("response.done")["response"];
  EXPECT_EQ(done["status"], "cancelled");
  EXPECT_EQ(done["status_details"]["reason"], "turn_detected");
  const std::string id = done["output"][0]["id"];
  send({{"type", "conversation.item.truncate"},
        {"item_id", id},
        {"content_index", 0},
        {"audio_end_ms", 340}});
  EXPECT_EQ(last("conversation.item.truncated")["audio_end_ms"], 340);
  send({{"type", "conversation.item.retrieve"}, {"item_id", id}});
  EXPECT_EQ(last("conversation.item.retrieved")["item"]["content"][0]["transcript"], "w10 w11");
}

}  // namespace
}  // namespace eva::transport
