#pragma once
// For tests: made-up calls, recorded into a folder that goes away.
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "replay/call_recorder.h"
#include "replay/recording_store.h"
#include "replay/replay.h"
#include "sim/coded_speech.h"
#include "sim/scenario.h"

namespace eva::replay {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "eva-replay-XXXXXX").string();
    EVA_CHECK(mkdtemp(name.data()));
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::unique_ptr<turn::EndOfTurn> fixed_silence(const turn::TurnSettings& settings) {
  return std::make_unique<turn::SilenceEndOfTurn>(settings.silence);
}

inline std::string read_all(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A scenario that is recorded as folder/NAME. The recording is whole once finish() has run.
class RecordedScenario {
 public:
  RecordedScenario(StoreOptions store, const std::string& name, sim::Scenario::Options options = {})
      : folder_(store.folder / name),
        store_(RecordingStore::open(std::move(store)).value()),
        recorder_(store_->record_as(name, 1'800'000'000)) {
    options.tap = recorder_.get();
    options.attach = [this](session::SessionParts parts) {
      return recorder_->attach(std::move(parts), Time{});
    };
    call_ = std::make_unique<sim::Scenario>(options);
  }

  sim::Scenario& call() { return *call_; }
  /// Ends the call; its folder.
  std::filesystem::path finish() {
    call_.reset();
    recorder_.reset();
    store_.reset();
    return folder_;
  }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<RecordingStore> store_;
  std::unique_ptr<CallRecorder> recorder_;
  std::unique_ptr<sim::Scenario> call_;
};

/// Utterances, pauses, coughs, slow and broken engines, commands of a client.
inline void run_random_call(sim::Scenario& s, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto pick = [&](int low, int high) {
    return std::uniform_int_distribution(low, high)(random);
  };
  const auto behave = [&](sim::Behaviour& behaviour) {
    behaviour.min_delay = std::chrono::milliseconds(pick(0, 100));
    behaviour.max_delay = behaviour.min_delay + std::chrono::milliseconds(pick(0, 500));
    constexpr std::array kFaults{sim::Behaviour::Fault::kFail, sim::Behaviour::Fault::kHang,
                                 sim::Behaviour::Fault::kFailMidway};
    behaviour.fault = sim::Behaviour::Fault::kNone;
    if (pick(0, 9) == 0) behaviour.fault = kFaults[static_cast<std::size_t>(pick(0, 2))];
  };
  s.llm.script = [](const speech::LlmRequest& request) {
    const std::string last = request.messages.empty() ? "nothing" : request.messages.back().text;
    return "You said " + last + ". Did I hear that right? w7 w8 w9.";
  };
  for (int i = 0; i < 5; ++i) {
    behave(s.stt.behaviour);
    behave(s.llm.behaviour);
    behave(s.tts.behaviour);
    if (pick(0, 5) == 0) s.coughs(std::chrono::milliseconds(pick(20, 400)));
    std::vector<int> words;
    for (int n = pick(1, 6); n > 0; --n) words.push_back(pick(0, 99));
    s.say(words);
    s.run(std::chrono::milliseconds(pick(100, 2500)));
    switch (pick(0, 9)) {
      case 0:
        s.command(session::CreateReply{"mine", {.metadata = {{"b", "2"}, {"a", "1"}}}});
        break;
      case 1:
        s.command(session::CommitInput{"c"});
        break;
      case 2:
        s.command(session::ClearInput{"c"});
        break;
      case 3:
        s.command(session::CancelReply{});
        break;
      case 4:
        s.command(session::CreateItem{.event_id = "x",
                                      .item = {.id = "note", .parts = {{{}, "Grüße an Zoë"}}}});
        break;
      case 5:
        s.command(
            session::CreateItem{.item = {.parts = {{session::Item::Part::Kind::kInputAudio, ""}}},
                                .audio = sim::speak_words(words, 16'000)});
        break;
      case 6:
        s.command(session::RetrieveItem{"x", "note"});
        s.command(session::DeleteItem{"x", "note"});
        break;
      case 7: {
        session::Settings settings = s.host().session().settings();
        settings.turn_detection.emplace().turn.silence = std::chrono::milliseconds(pick(200, 900));
        s.command(session::ChangeSettings{"set", settings});
        break;
      }
      default:
        break;
    }
  }
  s.run();
}

}  // namespace eva::replay
