// The whole program in a thread: without packs, on a Unix socket, until a signal.
#include "engine/run_engine.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <thread>

#include "io/event_loop.h"
#include "io/http_client.h"

namespace eva::engine {
namespace {

TEST(RunEngine, RefusesWrongAndOpenAddresses) {
  EXPECT_EQ(run_engine({.listen = "nonsense", .stt_folder = {}, .voice_folder = {}, .lexicon = {}}),
            1);
  EXPECT_EQ(
      run_engine({.listen = "0.0.0.0:0", .stt_folder = {}, .voice_folder = {}, .lexicon = {}}), 1);
}

TEST(RunEngine, RefusesAWrongLexicon) {
  EXPECT_TRUE(check_lexicon(""));
  const std::string folder = testing::TempDir();
  EXPECT_EQ(check_lexicon(folder).error().detail, "engine.lexicon: " + folder + " is a folder");
  const std::string file = folder + "eva-lexicon-" + std::to_string(getpid()) + ".txt";
  EXPECT_EQ(check_lexicon(file).error().detail, "engine.lexicon: cannot open lexicon " + file);
  std::ofstream(file) << "GitHub\tg ih1 t hh ah2 b\n";
  EXPECT_TRUE(check_lexicon(file));
  std::ofstream(file) << "GitHub\tno such phones\n";
  const auto wrong = check_lexicon(file);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::kBadConfig);
  EXPECT_TRUE(wrong.error().detail.starts_with("engine.lexicon: " + file + ":1: "))
      << wrong.error().detail;
  EXPECT_EQ(
      run_engine({.listen = "127.0.0.1:0", .stt_folder = {}, .voice_folder = {}, .lexicon = file}),
      1);
  std::filesystem::remove(file);
}

struct Client {
  io::EventLoop loop;
  io::HttpClient client;
  explicit Client(const std::string& address) : client(loop, *io::parse_url(address)) {}

  struct Answer {
    int status = 0;  // 0: no connection
    std::string body;
  };
  Answer ask(const char* method, const char* target, const char* body) {
    Answer answer;
    bool ended = false;
    io::HttpCallbacks callbacks;
    callbacks.on_head = [&](int status, const io::Headers&) { answer.status = status; };
    callbacks.on_data = [&](std::string_view data) { answer.body += data; };
    callbacks.on_done = [&](Result<>) { ended = true; };
    io::HttpRequest request;
    request.method = method;
    request.target = target;
    request.body = body;
    const auto call = client.send(std::move(request), {}, std::move(callbacks));
    loop.run_until([&] { return ended; });
    return answer;
  }
};

TEST(RunEngine, StaysUpWithoutPacksAndSaysWhatToDo) {
  const std::string address =
      "unix:" + testing::TempDir() + "eva-engine-" + std::to_string(getpid()) + ".sock";
  std::optional<int> code;
  std::thread engine([&] {
    code = run_engine({.listen = address,
                       .threads = 1,
                       .stt_folder = "/nonexistent/whisper-x",
                       .voice_folder = "/nonexistent/voice-x",
                       .lexicon = {}});
  });
  Client client(address);
  // Its own URL: a Unix socket's base path is /v1, and speech is what this engine can do.
  Client::Answer speech;
  do {
    speech = client.ask("POST", "/audio/speech", R"({"input":"Hello."})");
  } while (speech.status == 0 || speech.status == 503);
  EXPECT_EQ(speech.status, 200);
  EXPECT_GT(speech.body.size(), 10'000u);  // Flite's voice
  Client::Answer transcription;
  do {
    transcription = client.ask("POST", "/audio/transcriptions", "");
  } while (transcription.body.find("loading") != std::string::npos);
  EXPECT_EQ(transcription.status, 503);
  EXPECT_NE(transcription.body.find("eva models pull"), std::string::npos) << transcription.body;
  kill(getpid(), SIGTERM);
  engine.join();
  EXPECT_EQ(code, 0);
}

}  // namespace
}  // namespace eva::engine
