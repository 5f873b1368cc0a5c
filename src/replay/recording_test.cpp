// Calls that are recorded, read and run again; damaged recordings; full queues and folders.
#include "replay/recording.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mutex>
#include <set>
#include <sstream>

#include "audio/sound_file.h"
#include "audio/wav.h"
#include "base/test_rounds.h"
#include "replay/call_files.h"
#include "replay/test_calls.h"
#include "sim/coded_speech.h"

namespace eva::replay {
namespace {

namespace fs = std::filesystem;

Replayed replayed(const Recording& recording) {
  auto out = replay_exactly(recording, fixed_silence, {});
  EXPECT_TRUE(out) << out.error().detail;
  return out.value_or(Replayed{});
}

std::string told(const Difference& difference) {
  return "line " + std::to_string(difference.line) + " " + difference.event + "\nrecorded " +
         difference.recorded + "\nreplayed " + difference.replayed;
}

fs::path record_random_call(const TemporaryFolder& folder, std::uint64_t seed, bool redact) {
  sim::Scenario::Options options{.seed = seed, .min_chunk = 1, .max_chunk = 900};
  RecordedScenario recorded({.folder = folder.path(), .redact = redact},
                            "call" + std::to_string(seed), options);
  run_random_call(recorded.call(), seed);
  return recorded.finish();
}

TEST(Replay, HundredsOfCallsAreTheSameAgain) {
  TemporaryFolder folder;
  std::size_t decisions = 0;
  std::set<std::size_t> kinds;
  const std::uint64_t seeds = test_rounds(300);
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const fs::path call = record_random_call(folder, seed, false);
    const auto recording = read_recording(call);
    ASSERT_TRUE(recording) << recording.error().detail;
    EXPECT_EQ(recording->end, "closed");
    for (std::size_t i = 0; i < kAudioFiles; ++i) {
      EXPECT_EQ(recording->audio.left(static_cast<AudioFile>(i)), 0u) << "seed " << seed;
    }
    for (const auto& event : recording->events) kinds.insert(event.event.index());
    const Replayed again = replayed(*recording);
    EXPECT_EQ(again.events, recording->events.size());
    ASSERT_FALSE(again.difference) << "seed " << seed << " " << told(*again.difference);
    decisions += again.decisions;
    fs::remove_all(call);
  }
  EXPECT_GT(decisions, 250 * seeds);
  EXPECT_GE(kinds.size(), 14u);  // no engine here gives partials or scores; the rest occurs
}

TEST(Replay, RedactedCallsAreTheSameAgain) {
  TemporaryFolder folder;
  std::uint64_t different = 0;
  const std::uint64_t seeds = test_rounds(60);
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const fs::path call = record_random_call(folder, seed, true);
    const auto recording = read_recording(call);
    ASSERT_TRUE(recording) << recording.error().detail;
    const Replayed again = replayed(*recording);
    if (again.difference) {  // where she goes on after a hold follows the sound of her voice
      std::istringstream lines(read_all(call / kEventsName));
      std::string line;
      bool held = false;
      for (std::size_t i = 1; i < again.difference->line && std::getline(lines, line); ++i) {
        held = held || line.find("\"level\":\"held\"") != line.npos;
      }
      EXPECT_TRUE(held) << "seed " << seed << " " << told(*again.difference);
    }
    different += again.difference.has_value();
    EXPECT_FALSE(fs::exists(call / "user.wav"));
    EXPECT_FALSE(fs::exists(call / "voice.wav"));
    const std::string lines = read_all(call / kEventsName);
    for (const char* secret :
         {"w7", "You said", "Grü", "note", "mine", "right", "w1", "the engine"}) {
      EXPECT_EQ(lines.find(secret), lines.npos) << secret;
    }
    fs::remove_all(call);
  }
  EXPECT_LT(4 * different, seeds);
}

TEST(Replay, ADecisionThatDiffersIsFound) {
  TemporaryFolder folder;
  const auto recording = read_recording(record_random_call(folder, 5, false)).value();
  const auto other = [](const turn::TurnSettings& settings) {
    return std::make_unique<turn::SilenceEndOfTurn>(settings.silence + 32ms);
  };
  const auto again = replay_exactly(recording, other, {});
  ASSERT_TRUE(again);
  ASSERT_TRUE(again->difference);
  EXPECT_EQ(again->difference->event, "audio_received");
  EXPECT_NE(again->difference->recorded.find("user_speech_stopped"), std::string::npos)
      << told(*again->difference);
  EXPECT_EQ(again->difference->replayed, "");
}

TEST(Replay, ASettingsLineWithoutANewerSettingKeepsItsDefault) {
  TemporaryFolder folder;
  const fs::path call = record_random_call(folder, 1, false);
  std::string lines = read_all(call / kEventsName);
  const std::string field = "\"speculations\":3";
  const auto at = lines.find("," + field);
  ASSERT_LT(at, lines.find('\n'));
  lines.erase(at, field.size() + 1);
  std::ofstream(call / kEventsName, std::ios::binary) << lines;
  const auto recording = read_recording(call);
  ASSERT_TRUE(recording) << recording.error().detail;
  EXPECT_FALSE(replayed(*recording).difference);
}

TEST(Recording, FilesAreForTheirOwnerOnlyAndPlayable) {
  TemporaryFolder folder;
  const fs::path call = record_random_call(folder, 3, false);
  const auto mode = [](const fs::path& path) {
    struct stat info {};
    EXPECT_EQ(stat(path.c_str(), &info), 0);
    return info.st_mode & 0777U;
  };
  EXPECT_EQ(mode(call), 0700u);
  for (const char* name : {"call.jsonl", "user.wav", "voice.wav"}) {
    EXPECT_EQ(mode(call / name), 0600u) << name;
  }
  const auto user = audio::read_sound(call / "user.wav");
  ASSERT_TRUE(user);
  EXPECT_EQ(user->rate, 16'000);
  EXPECT_NE(sim::read_words(user->pcm, 16'000), "");
  const auto voice = audio::read_sound(call / "voice.wav");
  ASSERT_TRUE(voice);
  EXPECT_EQ(voice->rate, 24'000);
  EXPECT_NE(sim::read_words(voice->pcm, 24'000).find("w7"), std::string::npos);
}

// What a killed program leaves: any beginning of the lines, and sound files without their lengths.
TEST(Recording, ThatBrokeOffIsReadUpToItsLastWholeLine) {
  TemporaryFolder folder;
  const fs::path call = record_random_call(folder, 4, false);
  const std::string lines = read_all(call / kEventsName);
  std::string sound = read_all(call / "user.wav");
  for (const std::size_t at : {4UL, 5UL, 6UL, 7UL, 40UL, 41UL, 42UL, 43UL}) sound[at] = '\xff';
  std::ofstream(call / "user.wav", std::ios::binary) << sound;
  const std::size_t header = lines.find('\n') + 1;
  std::mt19937_64 random(1);
  for (std::uint64_t i = 0; i < test_rounds(40); ++i) {
    const auto cut = std::uniform_int_distribution<std::size_t>(header, lines.size() - 1)(random);
    std::ofstream(call / kEventsName, std::ios::binary) << lines.substr(0, cut);
    const auto recording = read_recording(call);
    ASSERT_TRUE(recording) << recording.error().detail;
    EXPECT_EQ(recording->end, "it broke off: the program was ended or killed");
    const auto whole =
        std::count(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(cut), '\n');
    EXPECT_EQ(std::ssize(recording->events), whole - 1);
    EXPECT_FALSE(replayed(*recording).difference);
  }
}

// Killed between a sound file's head and its first samples.
TEST(Recording, ThatBrokeOffBeforeItsFirstSampleIsRead) {
  TemporaryFolder folder;
  const fs::path call = record_random_call(folder, 4, false);
  fs::resize_file(call / kEventsName, read_all(call / kEventsName).find('\n') + 1);
  for (const auto name : kAudioNames) {
    if (fs::exists(call / name)) fs::resize_file(call / name, audio::wav_head(16'000).size());
  }
  const auto recording = read_recording(call);
  ASSERT_TRUE(recording) << recording.error().detail;
  EXPECT_TRUE(recording->events.empty());
  for (std::size_t i = 0; i < kAudioFiles; ++i) {
    EXPECT_EQ(recording->audio.left(static_cast<AudioFile>(i)), 0u);
  }
  EXPECT_FALSE(replayed(*recording).difference);
}

TEST(Recording, ThatIsDamagedSaysWhere) {
  TemporaryFolder folder;
  const fs::path call = record_random_call(folder, 4, false);
  const std::string lines = read_all(call / kEventsName);
  const auto error_of = [&](const std::string& changed) {
    std::ofstream(call / kEventsName, std::ios::binary) << changed;
    const auto recording = read_recording(call);
    return recording ? "" : recording.error().detail.substr(call.string().size());
  };
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = lines;
    changed.replace(changed.find(from), from.size(), to);
    return changed;
  };
  EXPECT_EQ(error_of(""), "/call.jsonl:1: the file is empty");
  EXPECT_EQ(error_of("hello\n"), "/call.jsonl:1: this is no JSON object");
  EXPECT_EQ(error_of("{}\n"), "/call.jsonl:1: this is no recording of Eva");
  EXPECT_EQ(error_of(with("\"format\":1", "\"format\":2")),
            "/call.jsonl:1: the recording has format 2; this version reads 1");
  EXPECT_EQ(error_of(with("\"audio_received\"", "\"audio_recieved\"")),
            "/call.jsonl:2: there is no event called \"audio_recieved\"");
  EXPECT_EQ(error_of(with("\n{\"t_us\":", "\n{\"t_us\":9999999")),
            "/call.jsonl:3: its time lies before that of the line above");
  EXPECT_EQ(error_of(with("\n{\"t_us\":", "\n[\"t_us\":")),
            "/call.jsonl:2: this is no JSON object");
  EXPECT_EQ(error_of(lines + lines.substr(lines.find('\n') + 1)),
            "/call.jsonl:" + std::to_string(std::ranges::count(lines, '\n') + 1) +
                ": the recording has ended before this line");
  EXPECT_EQ(error_of(std::string(100'000, '[') + "\n"), "/call.jsonl:1: this is no JSON object");
  std::ofstream(call / kEventsName, std::ios::binary) << lines;
  fs::resize_file(call / "user.wav", 20'000);
  const auto short_audio = read_recording(call);
  ASSERT_FALSE(short_audio);
  EXPECT_NE(short_audio.error().detail.find("user.wav is too short"), std::string::npos);
  std::ofstream(call / "user.wav") << "no sound";
  EXPECT_NE(read_recording(call).error().detail.find("is no sound file of a recording"),
            std::string::npos);
  EXPECT_EQ(read_recording(folder.path() / "nothing").error().code, ErrorCode::kNotFound);
}

// Whatever single byte or piece is wrong: an error, or a replay that ends; never a crash.
TEST(Recording, AnyDamageIsSurvived) {
  TemporaryFolder folder;
  const fs::path call = record_random_call(folder, 7, true);
  const std::string lines = read_all(call / kEventsName);
  std::mt19937_64 random(7);
  const auto pick = [&](std::size_t low, std::size_t high) {
    return std::uniform_int_distribution(low, high)(random);
  };
  std::uint64_t refused = 0;
  std::uint64_t different = 0;
  const std::uint64_t rounds = test_rounds(400);
  for (std::uint64_t i = 0; i < rounds; ++i) {
    std::string changed = lines.substr(0, 40'000);
    for (std::size_t n = pick(1, 3); n > 0; --n) {
      const std::size_t at = pick(0, changed.size() - 30);
      switch (pick(0, 3)) {
        case 0:
          changed[at] = static_cast<char>(pick(0, 255));
          break;
        case 1:
          changed.erase(at, pick(1, 20));
          break;
        case 2:
          changed.insert(at, changed.substr(pick(0, changed.size() - 30), pick(1, 20)));
          break;
        default:  // another number
          if (const auto digit = changed.find_first_of("0123456789", at); digit != changed.npos) {
            changed[digit] = static_cast<char>('0' + pick(0, 9));
          }
      }
    }
    const auto recording = parse_recording(changed, {});
    if (!recording) {
      EXPECT_TRUE(recording.error().detail.starts_with("call.jsonl:")) << recording.error().detail;
      ++refused;
      continue;
    }
    const auto again = replay_exactly(*recording, fixed_silence, {});
    if (!again || again->difference) ++different;
  }
  EXPECT_GT(4 * refused, rounds);
  EXPECT_GT(40 * different, rounds);
}

struct Log {
  std::mutex mutex;
  std::vector<std::string> lines;
  std::function<void(std::string)> taker() {
    return [this](std::string line) {
      const std::lock_guard lock(mutex);
      lines.push_back(std::move(line));
    };
  }
};

TEST(RecordingStore, AQueueThatIsFullEndsTheRecordingAndNotTheCall) {
  TemporaryFolder folder;
  Log log;
  RecordedScenario recorded({.folder = folder.path(), .queue_bytes = 1000, .log = log.taker()},
                            "call");
  recorded.call().say({1, 2, 3});
  recorded.call().run();
  EXPECT_EQ(recorded.call().all<session::TurnClosed>().size(), 1u);
  const fs::path call = recorded.finish();
  ASSERT_EQ(log.lines.size(), 1u);
  EXPECT_NE(log.lines[0].find("the disk was too slow"), std::string::npos) << log.lines[0];
  EXPECT_EQ(read_all(call / kEventsName), "{\"end\":\"the disk was too slow\"}\n");
  EXPECT_NE(read_recording(call).error().detail.find("no recording of Eva"), std::string::npos);
}

TEST(RecordingStore, ARecordingThatGrowsTooLargeEndsAndIsReadable) {
  TemporaryFolder folder;
  Log log;
  RecordedScenario recorded({.folder = folder.path(), .call_bytes = 200'000, .log = log.taker()},
                            "call");
  for (int i = 0; i < 5; ++i) {
    recorded.call().say({1, 2, 3});
    recorded.call().run();
  }
  const fs::path call = recorded.finish();
  const auto recording = read_recording(call);
  ASSERT_TRUE(recording) << recording.error().detail;
  EXPECT_EQ(recording->end, "the recording has reached its largest size");
  EXPECT_GT(recording->events.size(), 50u);
  EXPECT_FALSE(replayed(*recording).difference);
  std::uintmax_t size = 0;
  for (const auto& file : fs::directory_iterator(call)) size += file.file_size();
  EXPECT_LT(size, 200'100u);
  EXPECT_EQ(log.lines.size(), 1u);
}

TEST(RecordingStore, AFolderThatCannotBeUsedIsAnError) {
  TemporaryFolder folder;
  std::ofstream(folder.path() / "file") << "x";
  const auto error_of = [](const fs::path& path) {
    const auto store = RecordingStore::open({.folder = path});
    return store ? "" : store.error().detail.substr(path.string().size());
  };
  EXPECT_EQ(error_of(folder.path() / "file"),
            ": the folder for recordings cannot be made: it is no folder");
  EXPECT_EQ(error_of(folder.path() / "missing" / "folder"),
            ": the folder for recordings cannot be made: No such file or directory");
  EXPECT_EQ(error_of(folder.path() / "new"), "");
}

TEST(RecordingStore, ANameThatIsTakenCostsTheRecordingOnly) {
  TemporaryFolder folder;
  Log log;
  fs::create_directory(folder.path() / "call");
  RecordedScenario recorded({.folder = folder.path(), .log = log.taker()}, "call");
  recorded.call().say({1});
  recorded.call().run();
  recorded.finish();
  ASSERT_EQ(log.lines.size(), 1u);
  EXPECT_NE(log.lines[0].find("this call is not recorded"), std::string::npos);
  EXPECT_TRUE(fs::is_empty(folder.path() / "call"));
}

void make_recording(const fs::path& folder, std::size_t bytes) {
  fs::create_directory(folder);
  std::ofstream(folder / "call.jsonl") << std::string(bytes, 'x');
}

TEST(Tidy, TheOldestFinishedRecordingsGo) {
  TemporaryFolder folder;
  const fs::path& in = folder.path();
  make_recording(in / "20260101-000000-a", 1000);
  make_recording(in / "20260102-000000-b", 1000);
  make_recording(in / "20260103-000000-c", 1000);
  make_recording(in / "20260104-000000-d", 1000);
  make_recording(in / "my-notes", 5000);               // not named as one
  make_recording(in / "20250101-000000-other", 1000);  // holds something else
  std::ofstream(in / "20250101-000000-other" / "thesis.txt") << "x";
  const int open = ::open((in / "20260101-000000-a" / "call.jsonl").c_str(), O_RDONLY);
  ASSERT_EQ(flock(open, LOCK_EX), 0);  // being written
  EXPECT_EQ(tidy(in, 4000), 4000);
  EXPECT_EQ(tidy(in, 2500), 2000);
  EXPECT_TRUE(fs::exists(in / "20260101-000000-a"));
  EXPECT_FALSE(fs::exists(in / "20260102-000000-b"));
  EXPECT_FALSE(fs::exists(in / "20260103-000000-c"));
  EXPECT_TRUE(fs::exists(in / "20260104-000000-d"));
  EXPECT_EQ(tidy(in, 0), 1000);
  EXPECT_TRUE(fs::exists(in / "my-notes" / "call.jsonl"));
  EXPECT_TRUE(fs::exists(in / "20250101-000000-other" / "thesis.txt"));
  close(open);
}

TEST(RecordingStore, NamesFoldersByTimeAndKeepsWithinTheLimit) {
  TemporaryFolder folder;
  make_recording(folder.path() / "20200101-000000-old", 100'000);
  auto store = RecordingStore::open({.folder = folder.path(), .folder_bytes = 50'000}).value();
  auto recorder = store->record("sess_7", 1'800'000'000);
  session::SessionParts parts;
  parts.vad = std::make_unique<sim::CodedVad>();
  recorder->attach(std::move(parts), Time{});
  recorder.reset();
  store.reset();
  EXPECT_FALSE(fs::exists(folder.path() / "20200101-000000-old"));
  const auto lines = read_all(folder.path() / "20270115-080000-sess_7" / "call.jsonl");
  EXPECT_NE(lines.find("\"started\":\"2027-01-15T08:00:00Z\""), lines.npos) << lines;
  EXPECT_TRUE(lines.ends_with("\n{\"end\":\"closed\"}\n")) << lines;
}

}  // namespace
}  // namespace eva::replay
