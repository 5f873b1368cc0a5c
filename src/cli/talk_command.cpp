#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <optional>

#include "audio/resampler.h"
#include "audio/sound_file.h"
#include "cli/commands.h"
#include "cli/measured_engines.h"
#include "cli/packs.h"
#include "cli/recorded_call.h"
#include "io/private_socket.h"
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
  const auto vad = vad::SileroModel::load(vad_model_file(config));
  if (!vad) return stop({vad.error().code, vad.error().detail + " Run: eva models pull"});

  io::EventLoop loop;
  const auto socket = io::private_socket_path("eva-talk");
  if (!socket) return stop(socket.error());
  const auto doors = server::resolve_doors(
      config, {.scheme = io::Url::Scheme::kUnix, .socket_path = *socket, .base_path = "/v1"});
  if (!doors) return stop(doors.error());
  std::optional<server::EngineSupervisor> engine;
  std::string engine_failed;
  if (doors->embedded) {
    engine.emplace(loop,
                   server::EngineChild{.program = own_path(),
                                       .arguments = child_arguments(flags),
                                       .socket = *socket,
                                       .nice = 0},
                   server::EngineSupervisor::Listener{
                       .on_ready = [](bool) {},
                       .on_exit = [&](const std::string& how) { engine_failed = how; }});
    const Time patience = loop.now() + kEngineStart;
    loop.call_at(patience, [] {});
    loop.run_until(
        [&] { return engine->ready() || !engine_failed.empty() || loop.now() >= patience; });
    if (!engine->ready()) {
      return stop({ErrorCode::kUnavailable,
                   "the speech engine does not start: " +
                       (engine_failed.empty() ? engine->status() : engine_failed)});
    }
  }

  server::EngineClients clients(loop, *doors);
  const auto real = server::make_engines(loop, clients, config, "talk");
  auto user = audio::resample(sound->pcm, sound->rate, session::InputAudio::kRate);
  auto parts = server::session_parts(config, **vad, server::session_settings(config), "talk");
  bool ended = false;
  const auto finish = [&](const RecordedCall& call) {
    if (const auto written = write_results(options, *sound, call); !written) {
      return stop(written.error());
    }
    print_turns(call);
    return 0;
  };

  if (options.realtime) {
    RecordedCall call(loop, std::move(parts), real->engines(), std::move(user),
                      [&] { ended = true; });
    loop.run_until([&] { return ended; });
    return finish(call);
  }
  sim::World world;
  const session::Engines engines = real->engines();
  MeasuredStt stt(loop, world, engines.stt);
  MeasuredLlm llm(loop, world, engines.llm);
  MeasuredTts tts(loop, world, engines.tts);
  RecordedCall call(world, std::move(parts), {stt, llm, tts}, std::move(user),
                    [&] { ended = true; });
  while (!ended) world.run_until(world.now() + 100ms);
  return finish(call);
}

}  // namespace eva::cli
