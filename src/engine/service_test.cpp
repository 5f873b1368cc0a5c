// The service against fake engines and scripted responders; no sockets.
#include "engine/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <nlohmann/json.hpp>
#include <optional>

#include "audio/wav.h"
#include "pool/manual_executor.h"

namespace eva::engine {
namespace {
using nlohmann::json;
using testing::HasSubstr;

/// What the peer of one request sees.
struct Answer {
  int status = 0;
  io::Headers headers;
  std::string body;
  bool finished = false;
  bool abandoned = false;  // the responder died without an answer
  bool gone = false;       // the peer left: writing fails
  std::move_only_function<void()> on_disconnect;

  json parsed() const { return json::parse(body); }
  std::string header(const char* name) const {
    return std::string(io::find_header(headers, name).value_or(""));
  }
};

class FakeResponder final : public io::Responder {
 public:
  explicit FakeResponder(std::shared_ptr<Answer> answer) : answer_(std::move(answer)) {}
  ~FakeResponder() override { answer_->abandoned = !answer_->finished; }
  void respond(io::HttpResponse response) override {
    EXPECT_EQ(answer_->status, 0);
    answer_->status = response.status;
    answer_->headers = std::move(response.headers);
    answer_->body = std::move(response.body);
    answer_->finished = true;
  }
  void start(int status, io::Headers headers) override {
    EXPECT_EQ(answer_->status, 0);
    answer_->status = status;
    answer_->headers = std::move(headers);
  }
  bool write(std::string_view piece) override {
    EXPECT_NE(answer_->status, 0);
    answer_->body += piece;
    return !answer_->gone;
  }
  void finish() override { answer_->finished = true; }
  void on_disconnect(std::move_only_function<void()> task) override {
    answer_->on_disconnect = std::move(task);
  }
  std::size_t queued_bytes() const override { return 0; }

 private:
  std::shared_ptr<Answer> answer_;  // with the test
};

/// Where a test stops an engine in mid-work. Thread-safe.
struct Hold {
  std::latch entered{1};
  std::latch cancelled{1};
  void wait(CancelToken& cancel) {
    CancelToken::Hook hook(cancel, [this] { cancelled.count_down(); });
    entered.count_down();
    cancelled.wait();
  }
};

struct Script {
  std::atomic<Hold*> hold_whisper = nullptr;
  std::atomic<Hold*> hold_voice = nullptr;  // after the first clause
  std::atomic<bool> fail_voice = false;     // after the first clause
  std::atomic<bool> silent_voice = false;
};

class FakeWhisper final : public Whisper {
 public:
  explicit FakeWhisper(Script& script) : script_(script) {}
  Result<Transcription> transcribe(std::span<const std::int16_t> pcm, const Hearing& hearing,
                                   CancelToken& cancel) const override {
    const std::string& language = hearing.language;
    if (language == "xx") return fail(ErrorCode::kBadInput, "unknown language \"xx\"");
    if (Hold* hold = script_.hold_whisper.exchange(nullptr)) {
      hold->wait(cancel);
      return fail(ErrorCode::kCancelled, "cancelled");
    }
    return Transcription{.text = std::to_string(pcm.size()) + " samples",
                         .language = language.empty() ? "en" : language,
                         .no_speech_probability = 0.25,
                         .average_log_probability = -0.5};
  }

 private:
  Script& script_;
};

/// One clause per word: its length in samples, each sample the word's first letter.
class FakeVoice final : public Voice {
 public:
  FakeVoice(Script& script, std::string name) : script_(script), name_(std::move(name)) {}
  Result<> speak(const std::string& text, double,
                 const std::function<bool(std::span<const std::int16_t>)>& on_audio,
                 CancelToken& cancel) const override {
    if (script_.silent_voice) return {};
    std::size_t begin = 0;
    while (begin < text.size()) {
      const std::size_t end = std::min(text.find(' ', begin), text.size());
      const std::vector<std::int16_t> pcm(end - begin, text[begin]);
      if (!on_audio(pcm)) return fail(ErrorCode::kCancelled, "stopped");
      begin = end + 1;
      if (script_.fail_voice) return fail(ErrorCode::kInternal, "the voice broke");
      if (Hold* hold = script_.hold_voice.exchange(nullptr)) {
        hold->wait(cancel);
        return fail(ErrorCode::kCancelled, "cancelled");
      }
    }
    return {};
  }
  std::string name() const override { return name_; }

 private:
  Script& script_;
  std::string name_;
};

std::string wav_of(int rate, std::size_t samples) {
  std::string wav = audio::wav_head(rate);
  wav.append(samples * 2, '\x01');
  return wav;
}

struct ServiceTest : testing::Test {
  pool::ManualExecutor home;
  Hold hold;  // outlives the workers that wait in it
  Script script;
  std::optional<EngineService> service;

  ServiceOptions options() const {
    ServiceOptions options;
    options.pool = {.workers = 1, .transcription_workers = 0, .queue_limit = 2};
    options.stt_model = "whisper-fake";
    options.local_time = [] {
      std::tm time{};
      time.tm_hour = 15;
      time.tm_min = 30;
      return time;
    };
    options.unix_seconds = [] { return 1'700'000'000; };
    return options;
  }
  EngineLoaders loaders() {
    return {.recogniser = [this]() -> Result<std::unique_ptr<Whisper>> {
              return std::make_unique<FakeWhisper>(script);
            },
            .voices = [this]() -> Result<std::vector<std::unique_ptr<Voice>>> {
              std::vector<std::unique_ptr<Voice>> voices;
              voices.push_back(std::make_unique<FakeVoice>(script, "joe"));
              voices.push_back(std::make_unique<FakeVoice>(script, "flite"));
              return voices;
            }};
  }
  void start_ready(ServiceOptions with) {
    service.emplace(home, std::move(with), loaders());
    home.run_until([&] { return service->ready(); });
  }
  void SetUp() override { start_ready(options()); }

  std::shared_ptr<Answer> send(const std::string& method, const std::string& target,
                               const std::string& body = "", io::Headers headers = {}) {
    auto answer = std::make_shared<Answer>();
    io::HttpRequest request;
    request.method = method;
    request.target = target;
    request.headers = std::move(headers);
    request.body = body;
    service->handle(std::move(request), std::make_unique<FakeResponder>(answer));
    return answer;
  }
  std::shared_ptr<Answer> get(const std::string& target) { return send("GET", target); }
  std::shared_ptr<Answer> ended(std::shared_ptr<Answer> answer) {
    home.run_until([&] { return answer->finished || answer->abandoned; });
    return answer;
  }

  /// fields: name, value pairs after the file.
  std::shared_ptr<Answer> upload(
      const std::string& file,
      const std::vector<std::pair<std::string, std::string>>& fields = {}) {
    std::string body =
        "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n" + file +
        "\r\n";
    for (const auto& [name, value] : fields) {
      body +=
          "--B\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    }
    return send("POST", "/v1/audio/transcriptions", body + "--B--\r\n",
                {{"Content-Type", "multipart/form-data; boundary=B"}});
  }
  std::shared_ptr<Answer> say(const json& body) {
    return send("POST", "/v1/audio/speech", body.dump());
  }
  std::string metrics() { return get("/metrics")->body; }
};

// ---- Routes ------------------------------------------------------------------------------------

TEST_F(ServiceTest, AnswersTheSmallQuestions) {
  EXPECT_EQ(get("/healthz")->status, 200);
  const auto ready = get("/readyz?verbose");
  EXPECT_EQ(ready->status, 200);
  EXPECT_EQ(ready->parsed()["voices"], json({"joe", "flite"}));
  std::vector<std::string> ids;
  const json models = get("/v1/models")->parsed();
  for (const auto& model : models["data"]) ids.push_back(model["id"]);
  EXPECT_THAT(ids, testing::ElementsAre("whisper-fake", "joe", "flite", "eva-offline"));
}

TEST_F(ServiceTest, RefusesUnknownRoutesAndMethods) {
  const auto unknown = get("/v1/nothing");
  EXPECT_EQ(unknown->status, 404);
  EXPECT_EQ(unknown->parsed()["error"]["code"], "unknown_url");
  const auto wrong = get("/v1/audio/speech");
  EXPECT_EQ(wrong->status, 405);
  EXPECT_EQ(wrong->header("Allow"), "POST");
}

TEST_F(ServiceTest, AsksForAKeyWhereOneIsSet) {
  ServiceOptions with_keys = options();
  with_keys.api_keys = {"first", "second"};
  start_ready(with_keys);
  for (const char* path : {"/v1/models", "/metrics"}) {
    const auto refused = get(path);
    EXPECT_EQ(refused->status, 401) << path;
    EXPECT_EQ(refused->parsed()["error"]["code"], "invalid_api_key");
    for (const char* value : {"Bearer wrong", "Bearer firs", "Bearer first ", "first", "Bearer "}) {
      EXPECT_EQ(send("GET", path, "", {{"Authorization", value}})->status, 401) << value;
    }
    for (const char* value : {"Bearer first", "bearer second"}) {
      EXPECT_EQ(send("GET", path, "", {{"authorization", value}})->status, 200) << value;
    }
  }
  EXPECT_EQ(get("/healthz")->status, 200);
  EXPECT_EQ(get("/readyz")->status, 200);
}

TEST_F(ServiceTest, WithoutKeysItAnswersThisMachineOnly) {
  for (const char* host : {"localhost:8001", "127.0.0.1", "127.1.2.3:80", "[::1]:8001", ""}) {
    EXPECT_EQ(send("GET", "/v1/models", "", {{"Host", host}})->status, 200) << host;
  }
  for (const char* host : {"evil.example:8001", "127.0.0.1.evil.example", "10.0.0.1", "[::2]"}) {
    const auto refused = send("GET", "/v1/models", "", {{"Host", host}});
    EXPECT_EQ(refused->status, 403) << host;
    EXPECT_EQ(refused->parsed()["error"]["code"], "host_not_allowed");
  }
  ServiceOptions with_keys = options();
  with_keys.api_keys = {"key"};
  start_ready(with_keys);
  EXPECT_EQ(
      send("GET", "/v1/models", "", {{"Host", "eva.example"}, {"Authorization", "Bearer key"}})
          ->status,
      200);
}

// ---- Loading -----------------------------------------------------------------------------------

TEST_F(ServiceTest, RefusesWhatNeedsAnEngineThatStillLoads) {
  std::latch go{1};
  EngineLoaders slow = loaders();
  slow.recogniser = [&, load = slow.recogniser] {
    go.wait();
    return load();
  };
  service.emplace(home, options(), std::move(slow));
  EXPECT_EQ(get("/healthz")->status, 200);
  const auto ready = get("/readyz");
  EXPECT_EQ(ready->status, 503);
  EXPECT_EQ(ready->header("Retry-After"), "1");
  EXPECT_EQ(ready->parsed()["status"], "loading");
  EXPECT_EQ(ready->parsed()["missing"]["transcription"], "loading");
  for (const auto& answer : {upload(wav_of(16'000, 100)), say({{"input", "hi"}})}) {
    EXPECT_EQ(answer->status, 503);
    EXPECT_EQ(answer->header("Retry-After"), "1");
  }
  go.count_down();
  home.run_until([&] { return service->ready(); });
  EXPECT_EQ(get("/readyz")->status, 200);
}

TEST_F(ServiceTest, SaysWhatIsMissingAndServesTheRest) {
  EngineLoaders broken = loaders();
  broken.recogniser = []() -> Result<std::unique_ptr<Whisper>> {
    return fail(ErrorCode::kNotFound, "no pack (run: eva models pull)");
  };
  service.emplace(home, options(), std::move(broken));
  std::shared_ptr<Answer> ready;
  do {
    home.run_until([&, asked = false]() mutable { return std::exchange(asked, true); });
    ready = get("/readyz");
  } while (ready->parsed()["missing"].contains("speech"));
  EXPECT_EQ(ready->status, 503);
  EXPECT_EQ(ready->parsed()["status"], "failed");
  EXPECT_EQ(ready->parsed()["missing"]["transcription"], "no pack (run: eva models pull)");
  const auto refused = upload(wav_of(16'000, 100));
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(refused->header("Retry-After"), "");
  EXPECT_THAT(refused->body, HasSubstr("eva models pull"));
  EXPECT_EQ(ended(say({{"input", "hi"}}))->status, 200);
}

TEST_F(ServiceTest, AVoiceWithoutSoundIsNotReady) {
  script.silent_voice = true;
  std::string failure;
  ServiceOptions with = options();
  with.on_loaded = [&](const char* engine, const Result<>& result) {
    if (!result) failure = engine + (": " + result.error().detail);
  };
  service.emplace(home, with, loaders());
  home.run_until([&] { return !failure.empty(); });
  EXPECT_EQ(failure, "speech: the voice \"joe\" makes no sound");
  EXPECT_FALSE(service->ready());
}

// ---- Transcriptions ----------------------------------------------------------------------------

TEST_F(ServiceTest, TranscribesInThreeFormats) {
  const auto plain = ended(upload(wav_of(16'000, 1600)));
  EXPECT_EQ(plain->status, 200);
  EXPECT_EQ(plain->parsed(), json({{"text", "1600 samples"}}));
  EXPECT_EQ(plain->header("content-type"), "application/json");

  const auto text = ended(upload(wav_of(48'000, 4800), {{"response_format", "text"}}));
  EXPECT_EQ(text->body, "1600 samples\n");

  const auto verbose = ended(upload(wav_of(16'000, 8000), {{"response_format", "verbose_json"},
                                                           {"language", "de"},
                                                           {"model", "whisper-1"},
                                                           {"prompt", "Eva"},
                                                           {"temperature", "0.0"}}))
                           ->parsed();
  EXPECT_EQ(verbose["language"], "de");
  EXPECT_DOUBLE_EQ(verbose["duration"], 0.5);
  EXPECT_DOUBLE_EQ(verbose["segments"][0]["avg_logprob"], -0.5);
  EXPECT_DOUBLE_EQ(verbose["segments"][0]["no_speech_prob"], 0.25);
}

TEST_F(ServiceTest, RefusesBadUploads) {
  const std::string good = wav_of(16'000, 100);
  const struct {
    const char* what;
    std::shared_ptr<Answer> answer;
    const char* param;
  } rows[] = {
      {"garbage", ended(upload("this is no sound at all")), "file"},
      {"a head alone", ended(upload(audio::wav_head(16'000))), "file"},
      {"empty", ended(upload("")), "file"},
      {"format", ended(upload(good, {{"response_format", "srt"}})), "response_format"},
      {"temperature", ended(upload(good, {{"temperature", "2"}})), "temperature"},
      {"temperature text", ended(upload(good, {{"temperature", "warm"}})), "temperature"},
      {"stream", ended(upload(good, {{"stream", "true"}})), "stream"},
      {"two files", ended(upload(good, {{"file", good}})), "file"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(row.answer->status, 400) << row.what;
    EXPECT_EQ(row.answer->parsed()["error"]["param"], row.param) << row.what;
    EXPECT_EQ(row.answer->parsed()["error"]["type"], "invalid_request_error") << row.what;
  }
  EXPECT_EQ(ended(upload(good, {{"language", "xx"}}))->status, 400);
  EXPECT_EQ(
      ended(send("POST", "/v1/audio/transcriptions", "{}", {{"Content-Type", "application/json"}}))
          ->status,
      400);
}

TEST_F(ServiceTest, AClientThatLeavesCancelsItsTranscription) {
  script.hold_whisper = &hold;
  const auto answer = upload(wav_of(16'000, 100));
  hold.entered.wait();
  answer->on_disconnect();
  hold.cancelled.wait();  // the engine heard of it
  EXPECT_TRUE(answer->abandoned);
  EXPECT_EQ(service->open_requests(), 0u);
  EXPECT_EQ(ended(upload(wav_of(16'000, 100)))->status, 200);
  EXPECT_THAT(metrics(), HasSubstr("{result=\"cancelled\",route=\"transcriptions\"} 1"));
}

TEST_F(ServiceTest, RefusesWhatDoesNotFitInTheQueue) {
  script.hold_whisper = &hold;
  const auto running = upload(wav_of(16'000, 100));
  hold.entered.wait();
  const auto first = upload(wav_of(16'000, 100));
  const auto second = upload(wav_of(16'000, 100));
  const auto third = upload(wav_of(16'000, 100));
  EXPECT_EQ(third->status, 429);
  EXPECT_EQ(third->header("Retry-After"), "1");
  EXPECT_EQ(third->parsed()["error"]["code"], "rate_limit_exceeded");
  running->on_disconnect();
  EXPECT_EQ(ended(first)->status, 200);
  EXPECT_EQ(ended(second)->status, 200);
}

TEST_F(ServiceTest, EndsAJobAtItsDeadline) {
  script.hold_whisper = &hold;
  const auto answer = upload(wav_of(16'000, 100));
  hold.entered.wait();
  home.advance(300s - 1us);
  EXPECT_EQ(answer->status, 0);
  home.advance(1us);
  EXPECT_EQ(answer->status, 504);
  hold.cancelled.wait();
}

// ---- Speech ------------------------------------------------------------------------------------

TEST_F(ServiceTest, StreamsSpeechClauseByClause) {
  script.hold_voice = &hold;
  const auto answer = say({{"model", "tts-1"}, {"input", "ab c"}, {"voice", "alloy"}});
  hold.entered.wait();
  home.run_until([&] { return !answer->body.empty(); });
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->header("Content-Type"), "audio/pcm");
  EXPECT_EQ(answer->body, std::string("a\0a\0", 4));  // the first clause, before the second is made
  EXPECT_FALSE(answer->finished);
  answer->on_disconnect();
  hold.cancelled.wait();
  EXPECT_EQ(service->open_requests(), 0u);

  const auto whole = ended(say({{"input", "ab c"}}));
  EXPECT_EQ(whole->body, std::string("a\0a\0c\0", 6));
}

TEST_F(ServiceTest, SpeaksWavToo) {
  const auto answer = ended(say({{"input", "a"}, {"response_format", "wav"}, {"voice", "flite"}}));
  EXPECT_EQ(answer->header("Content-Type"), "audio/wav");
  EXPECT_EQ(answer->body, audio::wav_head(24'000) + std::string("a\0", 2));
}

TEST_F(ServiceTest, NothingSpeakableIsAnEmptyAnswer) {
  script.silent_voice = true;
  const auto answer = ended(say({{"input", "..."}}));
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "");
  EXPECT_TRUE(answer->finished);
}

TEST_F(ServiceTest, AVoiceThatBreaksCutsTheStream) {
  script.fail_voice = true;
  const auto answer = ended(say({{"input", "ab c"}}));
  EXPECT_EQ(answer->status, 200);
  EXPECT_TRUE(answer->abandoned);
  EXPECT_FALSE(answer->finished);
}

TEST_F(ServiceTest, StopsSpeakingToAPeerThatIsGone) {
  const auto answer = say({{"input", "ab c"}});
  answer->gone = true;
  home.run_until([&] { return answer->abandoned; });
  EXPECT_EQ(service->open_requests(), 0u);
}

TEST_F(ServiceTest, NamesTheVoicesThatThereAre) {
  const auto answer = say({{"input", "a"}, {"voice", "bob"}});
  EXPECT_EQ(answer->status, 400);
  EXPECT_EQ(answer->parsed()["error"]["param"], "voice");
  EXPECT_THAT(answer->body, HasSubstr("joe, flite"));
}

// ---- Chat and metrics --------------------------------------------------------------------------

TEST_F(ServiceTest, ChatsWholeAndStreamed) {
  json request = {{"model", "gpt-4o-mini"},
                  {"messages", {{{"role", "user"}, {"content", "What time is it?"}}}}};
  const auto whole = send("POST", "/v1/chat/completions", request.dump());
  EXPECT_EQ(whole->status, 200);
  EXPECT_EQ(whole->parsed()["created"], 1'700'000'000);
  const std::string text = whole->parsed()["choices"][0]["message"]["content"];
  EXPECT_FALSE(text.empty());

  request["stream"] = true;
  const auto streamed = send("POST", "/v1/chat/completions", request.dump());
  EXPECT_EQ(streamed->header("Content-Type"), "text/event-stream");
  EXPECT_TRUE(streamed->finished);
  EXPECT_TRUE(streamed->body.ends_with("data: [DONE]\n\n"));
  EXPECT_EQ(send("POST", "/v1/chat/completions", "{}")->status, 400);
}

TEST_F(ServiceTest, CountsWhatItDoes) {
  ended(upload(wav_of(16'000, 16'000)));
  ended(say({{"input", std::string(4000, 'a')}}));
  get("/v1/nothing");
  const std::string text = metrics();
  for (const char* line : {
           "eva_engine_requests_total{result=\"ok\",route=\"transcriptions\"} 1\n",
           "eva_engine_requests_total{result=\"ok\",route=\"speech\"} 1\n",
           "eva_engine_requests_total{result=\"refused\",route=\"unknown\"} 1\n",
           "eva_engine_audio_seconds_total{engine=\"transcription\"} 1\n",
           "eva_engine_inference_seconds_count{engine=\"speech\"} 1\n",
           "eva_engine_first_audio_seconds_count 1\n",
           "eva_engine_jobs{state=\"waiting\"} 0\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST_F(ServiceTest, DyingCancelsWhatIsUnderWay) {
  script.hold_whisper = &hold;
  const auto running = upload(wav_of(16'000, 100));
  const auto waiting = say({{"input", "a"}});
  hold.entered.wait();
  service.reset();
  EXPECT_TRUE(running->abandoned);
  EXPECT_TRUE(waiting->abandoned);
  home.run_posted();  // what was on its way home finds nobody and harms nobody
}

}  // namespace
}  // namespace eva::engine
