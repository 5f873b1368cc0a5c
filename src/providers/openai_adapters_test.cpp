// The adapters against a scripted provider on real sockets.
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>

#include "audio/wav.h"
#include "io/http_server.h"
#include "providers/openai_llm.h"
#include "providers/openai_stt.h"
#include "providers/openai_tts.h"
#include "providers/transcription_form.h"

namespace eva::providers {
namespace {
using io::HttpRequest;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Responder = std::unique_ptr<io::Responder>;
using Script = std::function<void(HttpRequest, Responder)>;

constexpr const char* kHello =
    "data: {\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}\n\n"
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":1}}\n\n"
    "data: [DONE]\n\n";
constexpr const char* kRoleOnly = "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\n";

Script answer(int status, const std::string& type, const std::string& body) {
  return [=](HttpRequest, Responder responder) {
    responder->respond({.status = status, .headers = {{"Content-Type", type}}, .body = body});
  };
}
Script hello() {
  return answer(200, "text/event-stream", kHello);
}
Script fault(int status) {
  return answer(status, "application/json", R"({"error":{"message":"no, sk-secret"}})");
}  /// As the engine answers while it loads.
Script loading() {
  return [](HttpRequest, Responder responder) {
    responder->respond({.status = 503, .headers = {{"Retry-After", "1"}}, .body = "{}"});
  };
}

struct LlmOutcome {
  std::string text;
  std::optional<Result<speech::LlmUsage>> done;
};
struct TtsOutcome {
  std::vector<std::int16_t> samples;
  std::optional<Result<>> done;
};

class OpenAiAdapters : public testing::Test {
 protected:
  OpenAiAdapters()
      : folder_(std::filesystem::temp_directory_path() /
                ("eva-providers-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
    options_ = {.model = "m", .voice = "v", .api_key = "sk-secret", .user = "call-7"};
  }
  ~OpenAiAdapters() override {
    server_.reset();
    std::filesystem::remove_all(folder_);
  }

  io::Url engine_url() const {
    io::Url url;
    url.scheme = io::Url::Scheme::kUnix;
    url.socket_path = folder_ / "engine.sock";
    url.base_path = "/v1";
    return url;
  }

  /// Answers the requests with the given scripts in turn, and all further ones with the last.
  void listen(const io::ListenAddress& address, std::vector<Script> scripts) {
    io::HttpHandlers handlers;
    handlers.on_request = [this, scripts = std::move(scripts)](io::EventLoop&, HttpRequest request,
                                                               Responder responder) {
      const std::size_t turn = std::min(requests_.size(), scripts.size() - 1);
      requests_.push_back(request);
      scripts[turn](std::move(request), std::move(responder));
    };
    auto server = io::HttpServer::listen({&loop_}, address, {}, std::move(handlers));
    ASSERT_TRUE(server) << server.error().detail;
    server_ = std::move(*server);
  }
  /// As the embedded engine: on a Unix socket.
  void serve_as_engine(std::vector<Script> scripts) {
    client_ = std::make_unique<io::HttpClient>(loop_, engine_url());
    start_engine(std::move(scripts));
  }
  void start_engine(std::vector<Script> scripts) {
    io::ListenAddress address;
    address.socket_path = engine_url().socket_path;
    listen(address, std::move(scripts));
  }
  void serve_as_remote(std::vector<Script> scripts) {
    listen({.host = "127.0.0.1"}, std::move(scripts));
    client_ = std::make_unique<io::HttpClient>(
        loop_, *io::parse_url("http://" + server_->address() + "/v1"));
  }

  /// Sends the pieces and then cuts the connection.
  Script cut_after(const std::string& type, std::vector<std::string> pieces) {
    return [=, this](HttpRequest, Responder responder) {
      responder->start(200, {{"Content-Type", type}});
      for (const auto& piece : pieces) responder->write(piece);
      cut_when_sent(std::move(responder));
    };
  }
  void cut_when_sent(Responder responder) {
    if (responder->queued_bytes() == 0) return;
    loop_.post([this, responder = std::move(responder)]() mutable {
      cut_when_sent(std::move(responder));
    });
  }

  void wait(const std::function<bool()>& done) {
    bool late = false;
    const TimerId timer = loop_.call_at(loop_.now() + 20s, [&] { late = true; });
    loop_.run_until([&] { return late || done(); });
    loop_.cancel(timer);
    EXPECT_FALSE(late);
  }
  /// Runs what the loop has to do now and in the next `time`.
  void run_for(Duration time) {
    bool over = false;
    loop_.call_at(loop_.now() + time, [&] { over = true; });
    wait([&] { return over; });
  }

  static speech::LlmCallbacks into(LlmOutcome& outcome) {
    return {.on_text = [&](std::string_view text) { outcome.text += text; },
            .on_done = [&](Result<speech::LlmUsage> done) { outcome.done = std::move(done); }};
  }
  LlmOutcome complete(speech::LlmRequest request = {{{speech::ChatMessage::Role::kUser, "Hi"}},
                                                    {}}) {
    OpenAiLlm llm(loop_, *client_, options_);
    LlmOutcome outcome;
    const auto call = llm.complete(std::move(request), into(outcome));
    wait([&] { return outcome.done.has_value(); });
    return outcome;
  }
  Result<speech::Transcript> transcribe(speech::SttRequest request = {.pcm = {1, 2, 3}}) {
    OpenAiStt stt(loop_, *client_, nullptr, options_);
    std::optional<Result<speech::Transcript>> outcome;
    const auto call = stt.transcribe(
        std::move(request), [&](Result<speech::Transcript> done) { outcome = std::move(done); });
    wait([&] { return outcome.has_value(); });
    return *outcome;
  }
  TtsOutcome speak(speech::TtsRequest request = {.text = "Hello."}) {
    OpenAiTts tts(loop_, *client_, options_);
    TtsOutcome outcome;
    const auto call =
        tts.speak(std::move(request),
                  {.on_audio =
                       [&](std::span<const std::int16_t> pcm) {
                         outcome.samples.insert(outcome.samples.end(), pcm.begin(), pcm.end());
                       },
                   .on_done = [&](Result<> done) { outcome.done = std::move(done); }});
    wait([&] { return outcome.done.has_value(); });
    return outcome;
  }

  io::EventLoop loop_;
  const std::filesystem::path folder_;
  ProviderOptions options_;
  std::vector<HttpRequest> requests_;
  std::unique_ptr<io::HttpServer> server_;
  std::unique_ptr<io::HttpClient> client_;
};

// ---- The brain ---------------------------------------------------------------------------------

TEST_F(OpenAiAdapters, LlmSendsTheConversationAndStreamsTheReply) {
  serve_as_engine({hello()});
  options_.temperature = 0.5;
  const LlmOutcome outcome = complete({{{speech::ChatMessage::Role::kSystem, "Be brief."},
                                        {speech::ChatMessage::Role::kUser, "Hi \xFF"},
                                        {speech::ChatMessage::Role::kAssistant, "Yes?"}},
                                       64});
  EXPECT_EQ(outcome.text, "Hello");
  ASSERT_TRUE(*outcome.done);
  EXPECT_EQ((*outcome.done)->input_tokens, 5);
  EXPECT_EQ((*outcome.done)->output_tokens, 1);
  ASSERT_EQ(requests_.size(), 1u);
  EXPECT_EQ(requests_[0].method, "POST");
  EXPECT_EQ(requests_[0].target, "/v1/chat/completions");
  EXPECT_EQ(io::find_header(requests_[0].headers, "authorization"), "Bearer sk-secret");
  EXPECT_EQ(json::parse(requests_[0].body), json::parse(R"({
    "model": "m", "stream": true, "stream_options": {"include_usage": true}, "user": "call-7",
    "max_tokens": 64, "temperature": 0.5,
    "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi �"},
                 {"role": "assistant", "content": "Yes?"}]})"));
}

TEST_F(OpenAiAdapters, LlmLeavesOutWhatIsNotSet) {
  serve_as_remote({hello()});
  options_ = {.model = "m"};
  EXPECT_EQ(complete().text, "Hello");
  EXPECT_EQ(io::find_header(requests_[0].headers, "Authorization"), std::nullopt);
  const json body = json::parse(requests_[0].body);
  EXPECT_FALSE(body.contains("user"));
  EXPECT_FALSE(body.contains("max_tokens"));
  EXPECT_FALSE(body.contains("temperature"));
}

TEST_F(OpenAiAdapters, LlmReadsAStreamThatDripsByteByByte) {
  serve_as_engine({[this](HttpRequest, Responder responder) {
    responder->start(200, {{"Content-Type", "text/event-stream"}});
    auto drip = std::make_shared<std::function<void(std::size_t)>>();
    auto shared = std::make_shared<Responder>(std::move(responder));
    *drip = [this, drip, shared](std::size_t at) {
      const std::string_view whole = kHello;
      if (at == whole.size()) {
        (*shared)->finish();
        loop_.post([drip] { *drip = nullptr; });
        return;
      }
      (*shared)->write(whole.substr(at, 1));
      loop_.post([drip, at] { (*drip)(at + 1); });
    };
    (*drip)(0);
  }});
  const LlmOutcome outcome = complete();
  EXPECT_EQ(outcome.text, "Hello");
  EXPECT_TRUE(*outcome.done);
}

TEST_F(OpenAiAdapters, LlmIsDoneSoonAfterTheMarkerThoughTheBodyGoesOn) {
  Responder kept;
  serve_as_engine({[&](HttpRequest, Responder responder) {
    responder->start(200, {});
    responder->write(kHello);
    kept = std::move(responder);
  }});
  const Time start = loop_.now();
  const LlmOutcome outcome = complete();
  EXPECT_TRUE(*outcome.done);
  EXPECT_EQ(outcome.text, "Hello");
  EXPECT_LT(loop_.now() - start, 5s);
  kept.reset();
}

TEST_F(OpenAiAdapters, LlmRepeatsWhatWasCutBeforeAnyText) {
  serve_as_remote({cut_after("text/event-stream", {kRoleOnly}), hello()});
  const LlmOutcome outcome = complete();
  EXPECT_EQ(outcome.text, "Hello");
  EXPECT_TRUE(*outcome.done);
  EXPECT_EQ(requests_.size(), 2u);
}

TEST_F(OpenAiAdapters, LlmNeverRepeatsWhatWasCutAfterText) {
  serve_as_engine({cut_after("text/event-stream",
                             {"data: {\"choices\":[{\"delta\":{\"content\":\"A\"}}]}\n\n"}),
                   hello()});
  const LlmOutcome outcome = complete();
  EXPECT_EQ(outcome.text, "A");
  ASSERT_FALSE(*outcome.done);
  EXPECT_EQ(outcome.done->error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(requests_.size(), 1u);
}

TEST_F(OpenAiAdapters, LlmReportsAnErrorInTheStreamAfterTheTextBeforeIt) {
  serve_as_remote({answer(200, "text/event-stream",
                          "data: {\"choices\":[{\"delta\":{\"content\":\"A\"}}]}\n\n"
                          "data: {\"error\":{\"message\":\"overheated, sk-secret\"}}\n\n")});
  const LlmOutcome outcome = complete();
  EXPECT_EQ(outcome.text, "A");
  ASSERT_FALSE(*outcome.done);
  EXPECT_EQ(outcome.done->error().detail, "overheated, ***");
  EXPECT_EQ(requests_.size(), 1u);
}

TEST_F(OpenAiAdapters, LlmRefusesGarbage) {
  serve_as_remote({answer(200, "text/html", "<html>It works!</html>")});
  const LlmOutcome outcome = complete();
  ASSERT_FALSE(*outcome.done);
  EXPECT_EQ(outcome.done->error().code, ErrorCode::kProtocol);
  EXPECT_EQ(requests_.size(), 1u);
}

// ---- Failures, the same for all ----------------------------------------------------------------

TEST_F(OpenAiAdapters, MapRefusalsAndRepeatOnlyWhatMayBeTransient) {
  struct Case {
    int status;
    ErrorCode code;
    std::size_t requests;
  };
  for (const Case& expected :
       {Case{400, ErrorCode::kBadInput, 1}, Case{401, ErrorCode::kUnauthorized, 1},
        Case{404, ErrorCode::kNotFound, 1}, Case{429, ErrorCode::kOverloaded, 1},
        Case{500, ErrorCode::kUnavailable, 2}, Case{503, ErrorCode::kUnavailable, 2}}) {
    requests_.clear();
    serve_as_remote({fault(expected.status)});
    const auto result = transcribe();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, expected.code) << expected.status;
    EXPECT_THAT(result.error().detail, HasSubstr("no, ***"));
    EXPECT_THAT(result.error().detail, Not(HasSubstr("sk-secret")));
    EXPECT_EQ(requests_.size(), expected.requests) << expected.status;
  }
}

TEST_F(OpenAiAdapters, GiveUpOnAProviderThatHangsAndDoNotAskAgain) {
  std::vector<Responder> kept;
  serve_as_remote(
      {[&](HttpRequest, Responder responder) { kept.push_back(std::move(responder)); }});
  options_.timeout = 30ms;
  const LlmOutcome outcome = complete();
  ASSERT_FALSE(*outcome.done);
  EXPECT_EQ(outcome.done->error().code, ErrorCode::kTimeout);
  EXPECT_EQ(requests_.size(), 1u);
  kept.clear();
}

TEST_F(OpenAiAdapters, GiveUpOnAProviderThatSendsNothingOfUse) {
  Responder kept;
  std::function<void()> ping = [&] {
    if (!kept) return;
    kept->write(": ping\n\n");
    loop_.call_at(loop_.now() + 5ms, ping);
  };
  serve_as_remote({[&](HttpRequest, Responder responder) {
    responder->start(200, {{"Content-Type", "text/event-stream"}});
    kept = std::move(responder);
    ping();
  }});
  options_.timeout = 60ms;
  const LlmOutcome outcome = complete();
  ASSERT_FALSE(*outcome.done);
  EXPECT_EQ(outcome.done->error().code, ErrorCode::kTimeout);
  EXPECT_THAT(outcome.done->error().detail, HasSubstr("no answer within 60 ms"));
  EXPECT_EQ(requests_.size(), 1u);
  kept.reset();
  run_for(10ms);
}

TEST_F(OpenAiAdapters, ReportARemoteThatIsNotThere) {
  serve_as_remote({hello()});
  server_.reset();
  const LlmOutcome outcome = complete();
  ASSERT_FALSE(*outcome.done);
  EXPECT_EQ(outcome.done->error().code, ErrorCode::kUnreachable);
}

TEST_F(OpenAiAdapters, WaitForAnEngineThatIsRestarting) {
  client_ = std::make_unique<io::HttpClient>(loop_, engine_url());
  // Refused at least three times: more than the one repetition that a remote gets.
  loop_.call_at(loop_.now() + 250ms, [this] { start_engine({loading(), loading(), hello()}); });
  const LlmOutcome outcome = complete();
  EXPECT_EQ(outcome.text, "Hello");
  EXPECT_TRUE(*outcome.done);
  EXPECT_EQ(requests_.size(), 3u);
}

TEST_F(OpenAiAdapters, DoNotWaitForAnEngineThatCannotLoad) {
  serve_as_engine({fault(503)});
  EXPECT_FALSE(transcribe());
  EXPECT_EQ(requests_.size(), 2u);
}

TEST_F(OpenAiAdapters, RepeatOnceWhatEndsTheEngine) {
  const Script die = [](HttpRequest, Responder responder) {
    responder->start(200, {});
    responder.reset();
  };
  serve_as_engine({die});
  const LlmOutcome outcome = complete();
  ASSERT_FALSE(*outcome.done);
  EXPECT_EQ(outcome.done->error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(requests_.size(), 2u);
}

TEST_F(OpenAiAdapters, CancelWhenTheHandleDies) {
  bool gone = false;
  std::vector<Responder> kept;
  serve_as_engine({[&](HttpRequest, Responder responder) {
    responder->on_disconnect([&] { gone = true; });
    kept.push_back(std::move(responder));
  }});
  OpenAiLlm llm(loop_, *client_, options_);
  LlmOutcome outcome;
  auto call = llm.complete({{{speech::ChatMessage::Role::kUser, "Hi"}}, {}}, into(outcome));
  wait([&] { return !kept.empty(); });
  call.reset();
  wait([&] { return gone; });
  EXPECT_FALSE(outcome.done);
  kept.clear();
}

TEST_F(OpenAiAdapters, CancelBetweenTwoAttempts) {
  serve_as_engine({loading()});
  OpenAiLlm llm(loop_, *client_, options_);
  LlmOutcome outcome;
  auto call = llm.complete({{{speech::ChatMessage::Role::kUser, "Hi"}}, {}}, into(outcome));
  wait([&] { return requests_.size() == 2; });
  call.reset();
  run_for(250ms);
  EXPECT_EQ(requests_.size(), 2u);
  EXPECT_FALSE(outcome.done);
}

TEST_F(OpenAiAdapters, MayBeCancelledInsideTheirCallbacks) {
  serve_as_engine({hello()});
  OpenAiLlm llm(loop_, *client_, options_);
  speech::CallHandle call;
  std::string text;
  bool done = false;
  call = llm.complete({{{speech::ChatMessage::Role::kUser, "Hi"}}, {}},
                      {.on_text =
                           [&](std::string_view piece) {
                             text = piece;
                             call.reset();
                           },
                       .on_done = [&](Result<speech::LlmUsage>) { done = true; }});
  wait([&] { return !text.empty(); });
  run_for(150ms);  // longer than the wait for the end of the body
  EXPECT_FALSE(done);
  call = llm.complete({{{speech::ChatMessage::Role::kUser, "Hi"}}, {}},
                      {.on_text = [](std::string_view) {},
                       .on_done =
                           [&](Result<speech::LlmUsage>) {
                             done = true;
                             call.reset();
                           }});
  wait([&] { return done; });
}

// ---- Speech to text ----------------------------------------------------------------------------

TEST_F(OpenAiAdapters, SttUploadsAWavFileAndTrimsTheText) {
  serve_as_engine({answer(200, "application/json", R"({"text":"  Good morning. "})")});
  options_.language = "en";
  const auto result = transcribe({.pcm = {1, -1, 300}, .language = "", .prompt = "Eva"});
  ASSERT_TRUE(result) << result.error().detail;
  EXPECT_EQ(result->text, "Good morning.");
  const HttpRequest& request = requests_.at(0);
  EXPECT_EQ(request.target, "/v1/audio/transcriptions");
  EXPECT_THAT(std::string(io::find_header(request.headers, "Content-Type").value_or("")),
              HasSubstr("multipart/form-data; boundary=eva-form-0000"));
  for (const char* part :
       {"name=\"model\"\r\n\r\nm\r\n", "name=\"response_format\"\r\n\r\njson\r\n",
        "name=\"temperature\"\r\n\r\n0\r\n", "name=\"language\"\r\n\r\nen\r\n",
        "name=\"prompt\"\r\n\r\nEva\r\n", "name=\"file\"; filename=\"audio.wav\"\r\n"}) {
    EXPECT_THAT(request.body, HasSubstr(part));
  }
  EXPECT_THAT(request.body, HasSubstr(wav_file({1, -1, 300})));
}

TEST_F(OpenAiAdapters, SttChoosesABoundaryThatTheRecordingDoesNotHold) {
  std::vector<std::int16_t> pcm;
  const std::string text = "eva-form-0000!";
  for (std::size_t i = 0; i < text.size(); i += 2) {
    pcm.push_back(static_cast<std::int16_t>(text[i] | text[i + 1] << 8));
  }
  const Form form = transcription_form({{"prompt", "eva-form-0001"}}, wav_file(pcm));
  EXPECT_EQ(form.content_type, "multipart/form-data; boundary=eva-form-0002");
}

TEST_F(OpenAiAdapters, SttRepeatsAnAnswerThatWasCut) {
  serve_as_engine({cut_after("application/json", {"{\"text\":\"Go"}),
                   answer(200, "application/json", "{\"text\":\"Good.\"}")});
  const auto result = transcribe();
  ASSERT_TRUE(result) << result.error().detail;
  EXPECT_EQ(result->text, "Good.");
  EXPECT_EQ(requests_.size(), 2u);
}

TEST_F(OpenAiAdapters, SttRefusesGarbage) {
  for (const char* body : {"", "Good morning.", "{\"txt\":\"a\"}", "{\"text\":5}", "[]"}) {
    serve_as_remote({answer(200, "application/json", body)});
    const auto result = transcribe();
    ASSERT_FALSE(result) << body;
    EXPECT_EQ(result.error().code, ErrorCode::kProtocol) << body;
  }
  serve_as_remote({answer(200, "application/json", std::string((1 << 20) + 1, ' '))});
  EXPECT_EQ(transcribe().error().code, ErrorCode::kProtocol);
}

// ---- Text to speech ----------------------------------------------------------------------------

TEST_F(OpenAiAdapters, TtsStreamsSamples) {
  serve_as_engine({[](HttpRequest, Responder responder) {
    responder->start(200, {{"Content-Type", "audio/pcm"}});
    responder->write(std::string("\1\0\2", 3));
    responder->write(std::string("\0\3\0", 3));
    responder->finish();
  }});
  const TtsOutcome outcome = speak();
  EXPECT_TRUE(*outcome.done);
  EXPECT_THAT(outcome.samples, ElementsAre(1, 2, 3));
  EXPECT_EQ(requests_.at(0).target, "/v1/audio/speech");
  EXPECT_EQ(json::parse(requests_[0].body),
            json::parse(R"({"model":"m","voice":"v","input":"Hello.","response_format":"pcm"})"));
}

TEST_F(OpenAiAdapters, TtsAsksForTheVoiceAndSpeedOfTheRequest) {
  const std::string wav = audio::wav_head(speech::kTtsRate, 2) + std::string("\7\0\b\0", 4);
  serve_as_engine({answer(200, "audio/wav", wav)});
  const TtsOutcome outcome = speak({.text = "Hello.", .voice = "joe", .speed = 1.5});
  EXPECT_THAT(outcome.samples, ElementsAre(7, 8));
  const json body = json::parse(requests_.at(0).body);
  EXPECT_EQ(body["voice"], "joe");
  EXPECT_EQ(body["speed"], 1.5);
}

TEST_F(OpenAiAdapters, TtsReportsACutAndKeepsWhatCameBefore) {
  serve_as_engine({cut_after("audio/pcm", {std::string("\1\0", 2)})});
  const TtsOutcome outcome = speak();
  ASSERT_FALSE(*outcome.done);
  EXPECT_EQ(outcome.done->error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(outcome.samples, ElementsAre(1));
  EXPECT_EQ(requests_.size(), 1u);
}

TEST_F(OpenAiAdapters, TtsRefusesWhatIsNoPcm) {
  serve_as_remote({answer(200, "audio/mpeg", "\xFF\xFB\x90")});
  const TtsOutcome outcome = speak();
  ASSERT_FALSE(*outcome.done);
  EXPECT_EQ(outcome.done->error().code, ErrorCode::kProtocol);
  EXPECT_THAT(outcome.samples, IsEmpty());
}

TEST_F(OpenAiAdapters, TtsHasNothingToAskForABlankText) {
  serve_as_engine({fault(400)});
  const TtsOutcome outcome = speak({.text = " \n"});
  EXPECT_TRUE(*outcome.done);
  EXPECT_THAT(requests_, IsEmpty());
}

}  // namespace
}  // namespace eva::providers
