#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <memory>
#include <optional>

#include "audio/resampler.h"
#include "audio/sound_file.h"
#include "cli/commands.h"
#include "cli/measured_engines.h"
#include "cli/packs.h"
#include "cli/recorded_call.h"
#include "engine/run_engine.h"
#include "io/private_socket.h"
#include "io/wall_clock.h"
#include "replay/call_recorder.h"
#include "replay/recording_store.h"
#include "server/engine_supervisor.h"
#include "server/engines.h"
#include "server/session_defaults.h"
#include "session/input_audio.h"
#include "sim/world.h"

namespace eva::cli {
namespace {

constexpr Duration kEngineStart = 60s;

Result<> write_results(const TalkOptions& options, const audio::Sound& sound,
                       const RecordedCall& call) {
  const std::vector<std::vector<std::int16_t>> channels{
      audio::resample(sound.pcm, sound.rate, session::Playout::kRate), call.eva()};
  if (auto written = audio::write_wav(options.out, session::Playout::kRate, channels); !written) {
    return written;
  }
  if (options.json.empty()) return {};
  const std::string ledger = call.ledger(options.input);
  if (options.json == "-") {
    fmt::print("{}", ledger);
    return {};
  }
  std::ofstream file(options.json, std::ios::binary);
  file << ledger;
  file.close();
  if (!file) return fail(ErrorCode::kIo, options.json + ": cannot be written");
  return {};
}

std::filesystem::path recording_folder(const std::string& name) {
  const auto full = std::filesystem::absolute(name).lexically_normal();
  return full.has_filename() ? full : full.parent_path();
}

Result<std::unique_ptr<replay::RecordingStore>> open_recording(const std::string& name,
                                                               const config::Config& config) {
  // Faster than the disk, if the disk is slow: a call in virtual time waits for nobody.
  constexpr std::size_t kQueue = 1U << 30;
  return replay::RecordingStore::open(
      {.folder = recording_folder(name).parent_path(),
       .redact = config.recording.redact,
       .call_bytes = config.recording.call_bytes,
       .folder_bytes = 0,
       .queue_bytes = kQueue,
       .log = [](const std::string& line) { fmt::print(stderr, "eva talk: {}\n", line); }});
}

void print_turns(const RecordedCall& call) {
  for (const auto& turn : call.turns()) {
    if (!turn.user_text.empty()) fmt::print(stderr, "  you: {}\n", turn.user_text);
    if (!turn.response_id.empty()) {
      fmt::print(stderr, "  Eva: {}{}\n", turn.heard_text,
                 turn.interrupted ? " [interrupted]" : "");
    }
    if (!turn.error.empty()) fmt::print(stderr, "  failed: {}\n", turn.error);
  }
}

/// Runs the loop until the engine is ready.
Result<> wait_until_ready(io::EventLoop& loop, const server::EngineSupervisor& engine,
                          const std::string& died, const std::string& failure,
                          const std::function<bool()>& interrupted) {
  const Time latest = loop.now() + kEngineStart;
  const TimerId alarm = loop.call_at(latest, [] {});
  loop.run_until([&] {
    return engine.ready() || !failure.empty() || !died.empty() || interrupted() ||
           loop.now() >= latest;
  });
  loop.cancel(alarm);
  if (engine.ready()) return {};
  if (interrupted()) return fail(ErrorCode::kCancelled, "interrupted");
  if (died.empty() && !failure.empty()) {
    return fail(ErrorCode::kUnavailable, "the speech engine cannot work: " + failure);
  }
  return fail(
      ErrorCode::kUnavailable,
      "the speech engine does not start: " +
          (died.empty() ? fmt::format("not ready within {} s", to_ms(kEngineStart) / 1000) : died));
}

/// Lets the loop see its signals while the conversation runs on another clock.
void look_around(io::EventLoop& loop) {
  bool seen = false;
  loop.call_at(loop.now(), [&] { seen = true; });
  loop.run_until([&] { return seen; });
}

struct PrivateSocket {
  std::string path;
  ~PrivateSocket() { io::remove_private_socket(path); }
};

}  // namespace

int talk_command(const SettingsFlags& flags, const TalkOptions& options) {
  const auto loaded = load_settings(flags);
  if (!loaded) return 1;
  const config::Config& config = loaded->config;
  const auto stop = [](const Error& error) {
    fmt::print(stderr, "eva talk: {}\n", error.detail);
    return 1;
  };

  const auto sound = audio::read_sound(options.input);
  if (!sound) return stop(sound.error());
  if (auto outputs = check_outputs(options); !outputs) return stop(outputs.error());
  const auto vad = vad::SileroModel::load(vad_model_file(config));
  if (!vad) return stop({vad.error().code, vad.error().detail + " Run: eva models pull"});
  if (uses_engine(config)) {
    if (auto right = engine::check_lexicon(config.engine.lexicon); !right) {
      return stop(right.error());
    }
  }

  io::EventLoop loop;
  int signal = 0;
  loop.on_signals({SIGINT, SIGTERM}, [&](int which) { signal = which; });
  const auto interrupted = [&] { return signal != 0; };
  const auto leave = [&] {
    fmt::print(stderr, "eva talk: interrupted; nothing was written\n");
    return 128 + signal;
  };
  auto path = io::private_socket_path("eva-talk");
  if (!path) return stop(path.error());
  const PrivateSocket socket{std::move(*path)};
  const auto doors = server::resolve_doors(
      config, {.scheme = io::Url::Scheme::kUnix, .socket_path = socket.path, .base_path = "/v1"});
  if (!doors) return stop(doors.error());
  std::optional<server::EngineSupervisor> engine;
  std::string engine_died;
  std::string engine_failed;
  if (doors->embedded) {
    engine.emplace(loop,
                   server::EngineChild{.program = own_path(),
                                       .arguments = server::engine_arguments(config),
                                       .socket = socket.path,
                                       .nice = 0},
                   server::EngineSupervisor::Listener{
                       .on_ready = [](bool) {},
                       .on_exit = [&](const std::string& how) { engine_died = how; },
                       .on_failed = [&](const std::string& why) { engine_failed = why; }});
    const auto ready = wait_until_ready(loop, *engine, engine_died, engine_failed, interrupted);
    if (interrupted()) return leave();
    if (!ready) return stop(ready.error());
  }

  server::EngineClients clients(loop, *doors);
  std::unique_ptr<endpoint::TurnNetwork> turn_network;
  std::optional<server::TurnModelOfLoop> turn_model;
  if (server::needs_turn_model(config)) {
    auto network = endpoint::TurnNetwork::load(turn_model_file(config));
    if (!network) {
      return stop({network.error().code, network.error().detail + " Run: eva models pull"});
    }
    turn_network = std::move(*network);
    turn_model.emplace(loop, *turn_network);
  }
  const auto real = server::make_engines(loop, clients, turn_model ? &turn_model->model() : nullptr,
                                         config, "talk");
  auto user = audio::resample(sound->pcm, sound->rate, session::InputAudio::kRate);
  auto parts = server::session_parts(config, **vad, turn_model.has_value(), server::lexicon(config),
                                     server::session_settings(config), "talk");
  // Nobody sees them here, and in virtual time each would be waited for.
  if (!options.realtime) parts.limits.partials = false;
  std::unique_ptr<replay::RecordingStore> store;
  std::unique_ptr<replay::CallRecorder> recorder;
  if (!options.record.empty()) {
    auto opened = open_recording(options.record, config);
    if (!opened) return stop(opened.error());
    store = std::move(*opened);
    recorder =
        store->record_as(recording_folder(options.record).filename().string(), io::unix_seconds());
  }
  const auto recorded = [&](Executor& clock) {
    if (recorder) parts = recorder->attach(std::move(parts), clock.now());
    return std::move(parts);
  };
  bool ended = false;
  const auto finish = [&](const RecordedCall& call) {
    if (interrupted()) return leave();
    if (const auto written = write_results(options, *sound, call); !written) {
      return stop(written.error());
    }
    print_turns(call);
    return 0;
  };

  if (options.realtime) {
    RecordedCall call(
        loop, recorded(loop), real->engines(), std::move(user), [&] { ended = true; },
        recorder.get());
    call.greet(config.session.greeting);
    loop.run_until([&] { return ended || interrupted(); });
    return finish(call);
  }
  sim::World world;
  const AnswerBounds bounds{.interrupted = interrupted};
  const session::Engines engines = real->engines();
  MeasuredStt stt(loop, world, engines.stt, bounds);
  MeasuredLlm llm(loop, world, engines.llm, bounds);
  MeasuredTts tts(loop, world, engines.tts, bounds);
  std::optional<MeasuredTurnModel> scores;
  if (turn_model) scores.emplace(loop, world, turn_model->model(), bounds);
  RecordedCall call(
      world, recorded(world), {stt, llm, tts, scores ? &*scores : nullptr}, std::move(user),
      [&] { ended = true; }, recorder.get());
  call.greet(config.session.greeting);
  while (!ended && !interrupted()) {
    world.run_until(world.now() + 100ms);
    look_around(loop);
  }
  return finish(call);
}

}  // namespace eva::cli
