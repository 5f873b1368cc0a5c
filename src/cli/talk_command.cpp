#include <fmt/format.h>

#include <fstream>
#include <optional>

#include "audio/resampler.h"
#include "audio/sound_file.h"
#include "cli/commands.h"
#include "cli/measured_engines.h"
#include "cli/recorded_call.h"
#include "cli/talk_engines.h"
#include "session/input_audio.h"
#include "sim/world.h"

namespace eva::cli {
namespace {

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

/// Lets the loop see its signals while the conversation runs on another clock.
void look_around(io::EventLoop& loop) {
  bool seen = false;
  loop.call_at(loop.now(), [&] { seen = true; });
  loop.run_until([&] { return seen; });
}

}  // namespace

int talk_command(const SettingsFlags& flags, const TalkOptions& options) {
  const auto stop = [](const Error& error) {
    fmt::print(stderr, "eva talk: {}\n", error.detail);
    return 1;
  };
  if (auto right = check_talk_options(options); !right) return stop(right.error());
  const auto loaded = load_settings(flags);
  if (!loaded) return 1;
  const config::Config& config = loaded->config;
  if (options.input.empty()) return live_talk(config, options);

  const auto sound = audio::read_sound(options.input);
  if (!sound) return stop(sound.error());
  if (auto outputs = check_outputs(options); !outputs) return stop(outputs.error());
  TalkEngines engines(config);
  io::EventLoop& loop = engines.loop();
  const auto interrupted = [&] { return engines.interrupted(); };
  const auto leave = [&] {
    fmt::print(stderr, "eva talk: interrupted; nothing was written\n");
    return 128 + engines.signal();
  };
  if (auto started = engines.start(); !started) {
    return interrupted() ? leave() : stop(started.error());
  }
  if (!options.record.empty()) {
    if (auto opened = engines.record_to(options.record); !opened) return stop(opened.error());
  }
  auto user = audio::resample(sound->pcm, sound->rate, session::InputAudio::kRate);
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
        loop, engines.parts(loop, true), engines.engines(), std::move(user), [&] { ended = true; },
        engines.tap());
    call.greet(config.session.greeting);
    loop.run_until([&] { return ended || interrupted(); });
    return finish(call);
  }
  sim::World world;
  const AnswerBounds bounds{.interrupted = interrupted};
  const session::Engines real = engines.engines();
  MeasuredStt stt(loop, world, real.stt, bounds);
  MeasuredLlm llm(loop, world, real.llm, bounds);
  MeasuredTts tts(loop, world, real.tts, bounds);
  std::optional<MeasuredTurnModel> scores;
  if (engines.turn_model()) scores.emplace(loop, world, *engines.turn_model(), bounds);
  // Nobody sees partial texts here, and each would be waited for.
  RecordedCall call(
      world, engines.parts(world, false), {stt, llm, tts, scores ? &*scores : nullptr},
      std::move(user), [&] { ended = true; }, engines.tap());
  call.greet(config.session.greeting);
  while (!ended && !interrupted()) {
    world.run_until(world.now() + 100ms);
    look_around(loop);
  }
  return finish(call);
}

}  // namespace eva::cli
