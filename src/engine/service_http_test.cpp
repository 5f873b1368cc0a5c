// The service behind a real server and a real client on a Unix socket.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <latch>
#include <optional>

#include "engine/service.h"
#include "io/event_loop.h"
#include "io/http_client.h"
#include "io/http_server.h"

namespace eva::engine {
namespace {

/// Speaks one sample, then waits until it is cancelled.
class EndlessVoice final : public Voice {
 public:
  explicit EndlessVoice(std::latch& cancelled) : cancelled_(cancelled) {}
  Result<> speak(const std::string& text, double,
                 const std::function<bool(std::span<const std::int16_t>)>& on_audio,
                 CancelToken& cancel) const override {
    const std::int16_t sample = 1;
    on_audio({&sample, 1});
    if (text == "Hello.") return {};  // warming up
    CancelToken::Hook hook(cancel, [this] { cancelled_.count_down(); });
    cancelled_.wait();
    return fail(ErrorCode::kCancelled, "cancelled");
  }
  std::string name() const override { return "endless"; }

 private:
  std::latch& cancelled_;
};

class EchoWhisper final : public Whisper {
 public:
  Result<Transcription> transcribe(std::span<const std::int16_t> pcm, const Hearing&,
                                   CancelToken&) const override {
    return Transcription{.text = std::to_string(pcm.size())};
  }
};

struct ServiceHttp : testing::Test {
  std::latch cancelled{1};
  std::string socket = testing::TempDir() + "eva-service-" + std::to_string(getpid()) + ".sock";
  io::EventLoop loop;
  EngineService service{loop,
                        {},
                        {.recogniser = []() -> Result<std::unique_ptr<Whisper>> {
                           return std::make_unique<EchoWhisper>();
                         },
                         .voices = [this]() -> Result<std::vector<std::unique_ptr<Voice>>> {
                           std::vector<std::unique_ptr<Voice>> voices;
                           voices.push_back(std::make_unique<EndlessVoice>(cancelled));
                           return voices;
                         }}};
  std::unique_ptr<io::HttpServer> server;
  std::optional<io::HttpClient> client;

  void SetUp() override {
    io::HttpHandlers handlers;
    handlers.on_request = [this](io::EventLoop&, io::HttpRequest request,
                                 std::unique_ptr<io::Responder> responder) {
      service.handle(std::move(request), std::move(responder));
    };
    auto made = io::HttpServer::listen({&loop}, *io::parse_listen_address("unix:" + socket),
                                       {.body_bytes = 100'000}, std::move(handlers));
    ASSERT_TRUE(made) << made.error().detail;
    server = std::move(*made);
    client.emplace(loop, *io::parse_url("unix:" + socket));
    loop.run_until([this] { return service.ready(); });
  }

  struct Answer {
    int status = 0;
    std::string body;
    std::optional<Result<>> end;
  };
  std::unique_ptr<io::HttpCall> send(Answer& answer, const char* target, std::string body) {
    io::HttpRequest request;
    request.method = "POST";
    request.target = target;
    request.headers = {{"Content-Type", "multipart/form-data; boundary=B"}};
    request.body = std::move(body);
    io::HttpCallbacks callbacks;
    callbacks.on_head = [&answer](int status, const io::Headers&) { answer.status = status; };
    callbacks.on_data = [&answer](std::string_view data) { answer.body += data; };
    callbacks.on_done = [&answer](Result<> result) { answer.end = std::move(result); };
    return client->send(std::move(request), {}, std::move(callbacks));
  }
};

TEST_F(ServiceHttp, AClosedConnectionCancelsTheWork) {
  Answer answer;
  auto call = send(answer, "/audio/speech", R"({"input":"Speak for ever"})");
  loop.run_until([&] { return !answer.body.empty(); });
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, std::string("\1\0", 2));
  EXPECT_EQ(service.open_requests(), 1u);
  call.reset();
  loop.run_until([&] { return service.open_requests() == 0; });
  cancelled.wait();
}

TEST_F(ServiceHttp, TranscribesAndBoundsTheBody) {
  const std::string head = "--B\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n";
  std::string wav(
      "RIFF\xFF\xFF\xFF\xFFWAVEfmt \x10\0\0\0\1\0\1\0\x80\x3E\0\0\0\x7D\0\0\2\0\x10\0"
      "data\xFF\xFF\xFF\xFF",
      44);
  wav.append(3200, '\1');
  Answer answer;
  auto call = send(answer, "/audio/transcriptions", head + wav + "\r\n--B--");
  loop.run_until([&] { return answer.end.has_value(); });
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "{\"text\":\"1600\"}");

  Answer refused;
  call = send(refused, "/audio/transcriptions", std::string(100'001, 'x'));
  loop.run_until([&] { return refused.end.has_value(); });
  EXPECT_EQ(refused.status, 413);
}

}  // namespace
}  // namespace eva::engine
