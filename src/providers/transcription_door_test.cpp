// The client of transcription sessions against a scripted server on real sockets.
#include "providers/transcription_door.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "base/base64.h"
#include "io/http_server.h"
#include "providers/openai_stt.h"

namespace eva::providers {
namespace {
using nlohmann::json;

constexpr const char* kDelta = "conversation.item.input_audio_transcription.delta";

class TranscriptionDoors : public testing::Test {
 protected:
  void serve(const std::string& address) {
    io::HttpHandlers handlers;
    handlers.on_request = [](io::EventLoop&, io::HttpRequest,
                             std::unique_ptr<io::Responder> responder) {
      responder->respond({.status = 404, .headers = {}, .body = "{}"});
    };
    handlers.may_upgrade = [this](const io::HttpRequest& request,
                                  std::string&) -> std::optional<io::HttpResponse> {
      ++upgrades_;
      target_ = request.target;
      key_ = io::find_header(request.headers, "Authorization").value_or("");
      if (refusal_ == 0) return std::nullopt;
      return io::HttpResponse{.status = refusal_, .headers = {}, .body = "{}"};
    };
    handlers.on_websocket = [this](io::EventLoop&, const io::HttpRequest&,
                                   std::unique_ptr<io::WebSocket> socket) {
      peer_ = std::move(socket);
      peer_->start({.on_text = [this](std::string_view text) { got_.push_back(json::parse(text)); },
                    .on_closed = [this](std::uint16_t, std::string_view) { peer_gone_ = true; }});
    };
    auto server =
        io::HttpServer::listen({&loop_}, *io::parse_listen_address(address), {}, handlers);
    ASSERT_TRUE(server) << server.error().detail;
    server_ = std::move(*server);
    door_.emplace(loop_, *io::parse_url(address.starts_with("unix:")
                                            ? address
                                            : "http://" + server_->address() + "/v1"));
  }
  std::unique_ptr<speech::SttStream> listen(const ProviderOptions& options = {.model = "m"}) {
    return door_->listen(
        options, {.language = "en", .prompt = ""},
        {.on_partial = [this](speech::PartialTranscript partial) { heard_.push_back(partial); },
         .on_failed = [this](Error error) { error_ = std::move(error); }});
  }
  void tell(json event) {
    event["type"] = event.value("type", kDelta);
    peer_->send(event.dump());
  }
  void wait(const std::function<bool()>& done) {
    bool late = false;
    const TimerId timer = loop_.call_at(loop_.now() + 10s, [&] { late = true; });
    loop_.run_until([&] { return late || done(); });
    loop_.cancel(timer);
    EXPECT_FALSE(late);
  }
  /// All samples that the server got.
  std::size_t samples() const {
    std::size_t bytes = 0;
    for (const json& event : got_) {
      if (event["type"] != "input_audio_buffer.append") continue;
      bytes += base64_decode(event["audio"].get<std::string>())->size();
    }
    return bytes / 2;
  }

  io::EventLoop loop_;
  std::unique_ptr<io::HttpServer> server_;
  std::unique_ptr<io::WebSocket> peer_;
  std::optional<TranscriptionDoor> door_;
  std::vector<json> got_;
  std::vector<speech::PartialTranscript> heard_;
  std::optional<Error> error_;
  std::string target_, key_;
  int refusal_ = 0;
  int upgrades_ = 0;
  bool peer_gone_ = false;
};

TEST_F(TranscriptionDoors, SendsTheAudioAndJoinsTheDeltas) {
  serve("127.0.0.1:0");
  const auto stream = listen({.model = "m", .api_key = "sk-secret"});
  ASSERT_TRUE(stream);
  stream->push(std::vector<std::int16_t>(1600, 100));  // before the session is open
  wait([&] { return got_.size() >= 2; });
  EXPECT_EQ(target_, "/v1/realtime?intent=transcription");
  EXPECT_EQ(key_, "Bearer sk-secret");
  const json& session = got_[0]["session"];
  EXPECT_EQ(session["type"], "transcription");
  const json& input = session["audio"]["input"];
  EXPECT_EQ(input["format"], json::parse(R"({"type":"audio/pcm","rate":24000})"));
  EXPECT_EQ(input["transcription"], json::parse(R"({"model":"m","language":"en"})"));
  EXPECT_EQ(input["turn_detection"], nullptr);
  stream->push(std::vector<std::int16_t>(14'400, 100));
  wait([&] { return samples() > 23'000; });  // 1 s at 24 kHz, less the filter's delay
  EXPECT_LE(samples(), 24'000u);

  tell({{"delta", "Go"}});
  tell({{"type", "session.updated"}});  // and whatever else there may be
  tell({{"delta", " forward"}});
  wait([&] { return heard_.size() == 2; });
  EXPECT_EQ(heard_[0].committed, "Go");
  EXPECT_EQ(heard_[1].committed, "Go forward");
  EXPECT_EQ(heard_[1].tentative, "");
  EXPECT_TRUE(heard_[1].words.empty());
  EXPECT_FALSE(door_->takes_prefix());
}

TEST_F(TranscriptionDoors, EvasEngineTellsMoreAndTakesAPrefix) {
  serve("unix:" + testing::TempDir() + "eva-door-" + std::to_string(getpid()) + ".sock");
  EXPECT_TRUE(door_->takes_prefix());
  const auto stream = listen();
  wait([&] { return got_.size() == 1; });
  EXPECT_EQ(got_[0]["session"]["audio"]["input"]["format"]["rate"], 16'000);
  const auto word = [](const char* text, double start) {
    return json{{"word", text}, {"start", start}, {"end", start + 0.5}};
  };
  tell({{"delta", "Go"},
        {"tentative", " for"},
        {"words", json::array({word("Go", 0)})},
        {"tentative_words", json::array({word("for", 0.5)})}});
  tell({{"delta", " forward"},
        {"tentative", ""},
        {"words", json::array({word("forward", 0.5)})},
        {"tentative_words", json::array()}});
  wait([&] { return heard_.size() == 2; });
  EXPECT_EQ(heard_[0].tentative, " for");
  ASSERT_EQ(heard_[0].words.size(), 2u);
  ASSERT_EQ(heard_[1].words.size(), 2u);
  EXPECT_EQ(heard_[1].words[1].text, "forward");
  EXPECT_EQ(heard_[1].words[1].end, 1s);
}

TEST_F(TranscriptionDoors, DestroyingTheStreamEndsTheSession) {
  serve("127.0.0.1:0");
  auto stream = listen();
  wait([&] { return !got_.empty(); });
  stream.reset();
  wait([&] { return peer_gone_; });
  EXPECT_FALSE(error_);
}

TEST_F(TranscriptionDoors, AProviderWithoutSessionsIsAskedOnce) {
  serve("127.0.0.1:0");
  refusal_ = 404;
  auto stream = listen();
  wait([&] { return error_.has_value(); });
  EXPECT_EQ(error_->code, ErrorCode::kNotFound);
  EXPECT_EQ(listen(), nullptr);
  EXPECT_EQ(upgrades_, 1);
}

TEST_F(TranscriptionDoors, AnEngineThatLoadsIsAskedAgain) {
  serve("127.0.0.1:0");
  refusal_ = 503;
  auto stream = listen();
  wait([&] { return error_.has_value(); });
  refusal_ = 0;
  stream = listen();
  ASSERT_TRUE(stream);
  wait([&] { return !got_.empty(); });
}

TEST_F(TranscriptionDoors, FailuresEndTheStreamOnce) {
  serve("127.0.0.1:0");
  for (const char* way : {"error", "close", "garbage"}) {
    got_.clear();
    error_.reset();
    auto stream = listen();
    wait([&] { return !got_.empty(); });
    if (way == std::string("error")) {
      tell({{"type", "error"}, {"error", {{"message", "no such model"}}}});
    } else if (way == std::string("close")) {
      peer_->close(1000, "bye");
    } else {
      peer_->send("[");
    }
    wait([&] { return error_.has_value(); });
    EXPECT_EQ(error_->code, ErrorCode::kProtocol) << way;
    stream->push(std::vector<std::int16_t>(16'000));  // harmless
  }
}

TEST_F(TranscriptionDoors, AudioThatCannotLeaveIsBounded) {
  serve("127.0.0.1:0");
  auto stream = listen();
  for (int i = 0; i < 11; ++i) stream->push(std::vector<std::int16_t>(16'000));
  EXPECT_FALSE(error_);  // never inside push()
  wait([&] { return error_.has_value(); });
  EXPECT_EQ(error_->code, ErrorCode::kOverloaded);
}

}  // namespace
}  // namespace eva::providers
