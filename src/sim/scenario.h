#pragma once
// One conversation in virtual time: a scripted caller, scripted engines, the real SessionHost, and
// a log of everything that came out.
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "session/session_host.h"
#include "sim/fake_engines.h"
#include "sim/world.h"

namespace eva::sim {

/// What the client saw, in order, with its time.
struct Logged {
  Time at;
  session::Notice notice;
};

class Scenario : public session::NoticeSink {
 public:
  struct Options {
    std::uint64_t seed = 1;
    session::Settings settings;
    session::Limits limits;
    turn::Lexicon lexicon{.backchannels = {{"w400"}, {"w401"}}, .stops = {{"w402"}}};
    int min_chunk = 320;  // samples of caller audio delivered at once, uniform random
    int max_chunk = 320;
    // Listens to the session; `attach` may change what it is made of.
    session::Tap* tap = nullptr;
    std::function<session::SessionParts(session::SessionParts)> attach;
  };
  Scenario() : Scenario(Options{}) {}
  explicit Scenario(Options options);

  // The caller's script; nothing happens before run().
  void say(std::vector<int> words);
  void pause(Duration length);
  void coughs(Duration length);
  /// Plays what was scripted, in real time of the session clock, then `tail` of silence.
  void run(Duration tail = 3s);
  /// Commands go in at once, between two chunks of audio.
  void command(const session::Event& event) { host_->deliver(event); }

  void on_notice(const session::Notice& notice, Time now) override;
  void on_failed(std::string_view what) override;

  /// All notices of one kind.
  template <typename T>
  std::vector<T> all() const {
    std::vector<T> out;
    for (const Logged& entry : log) {
      if (const T* value = std::get_if<T>(&entry.notice)) out.push_back(*value);
    }
    return out;
  }
  /// The first notice of a kind and its time; EVA_CHECK that there is one.
  template <typename T>
  Time time_of(std::size_t index = 0) const {
    for (const Logged& entry : log) {
      if (std::holds_alternative<T>(entry.notice) && index-- == 0) return entry.at;
    }
    return Time::max();
  }
  /// A short line per dialogue event ("user: w1 w2 | eva: … [cut]"), the same for equal dialogues.
  std::string dialogue() const;

  World world;
  FakeStt stt;
  FakeLlm llm;
  FakeTts tts;
  FakeTurnModel turn_model;
  std::vector<Logged> log;
  std::vector<std::int16_t> eva_audio;  // all that was sent, 24 kHz
  Time caller_began{};

  const session::SessionHost& host() const { return *host_; }

 private:
  void feed(std::span<const std::int16_t> pcm);

  Options options_;
  std::mt19937_64 random_;
  std::vector<std::int16_t> script_;
  std::int64_t fed_ = 0;
  std::unique_ptr<session::SessionHost> host_;
};

}  // namespace eva::sim
