#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <thread>
#include <utility>

#include "cli/commands.h"
#include "cli/listen_run.h"
#include "cli/microphone.h"
#include "cli/packs.h"
#include "cli/stdin_source.h"
#include "cli/terminal.h"
#include "recorder/file_source.h"
#include "recorder/host_settings.h"
#include "recorder/stt_factory.h"
#include "vad/silero_vad.h"

namespace eva::cli {
namespace {

constexpr Duration kLastTexts = 30s;  // after a signal

struct Source {
  std::unique_ptr<recorder::AudioSource> audio;
  Duration length{};  // 0 = not known
  bool live = false;  // somebody speaks now: as long as the audio takes
};

Result<Source> open_source(const ListenOptions& options) {
  if (options.microphone) {
    auto microphone = open_microphone(options.recorder.input_device_index);
    if (!microphone) return std::unexpected(microphone.error());
    return Source{.audio = std::move(*microphone), .live = true};
  }
  if (options.input == "-") {
    if (isatty(STDIN_FILENO)) {
      return fail(ErrorCode::kBadInput,
                  "standard input is the keyboard; pipe sound in, or name a file");
    }
    return Source{.audio = pipe_source(STDIN_FILENO, options.rate), .live = true};
  }
  auto file = recorder::FileSource::open(options.input);
  if (!file) return std::unexpected(file.error());
  const Duration length = (*file)->length();
  return Source{.audio = std::move(*file), .length = length, .live = options.realtime};
}

/// The settings that the recorder shares with the rest of Eva.
void use_settings(recorder::RecorderOptions& recorder, const config::Config& config) {
  if (recorder.language.empty()) {
    recorder.language = config.stt.language.empty() ? config.session.language : config.stt.language;
  }
  recorder.download_root = config.models.dir;
  recorder.model = recorder.realtime_model_type = config.engine.stt_model;
  if (config.stt.url.empty()) return;
  recorder.transcription_engine = "openai_api";
  auto& remote = recorder.transcription_engine_options;
  remote.url = config.stt.url;
  remote.api_key = config.stt.key.reveal();
  remote.model = config.stt.model;
  remote.timeout = std::chrono::duration<double>(config.stt.timeout).count();
}

ListenLook look_of(const ListenOptions& options, bool live) {
  ListenLook look;
  look.form = options.json                      ? ListenLook::Form::kJson
              : can_rewrite_line(STDOUT_FILENO) ? ListenLook::Form::kTerminal
                                                : ListenLook::Form::kLines;
  look.colours = std::getenv("NO_COLOR") == nullptr;
  look.progress = !live && can_rewrite_line(STDERR_FILENO);
  look.width = terminal_width;
  return look;
}

Result<ListenRun::Subtitles> open_subtitles(const ListenOptions& options) {
  ListenRun::Subtitles subtitles;
  if (!options.srt.empty()) {
    auto file = SubtitleFile::create(options.srt, SubtitleFile::Format::kSrt);
    if (!file) return std::unexpected(file.error());
    subtitles.srt = std::move(*file);
  }
  if (!options.vtt.empty()) {
    auto file = SubtitleFile::create(options.vtt, SubtitleFile::Format::kVtt);
    if (!file) return std::unexpected(file.error());
    subtitles.vtt = std::move(*file);
  }
  return subtitles;
}

/// Runs until everything is told. A signal ends live audio there, and a second one (or the first,
/// where nobody speaks) the program. Returns the signal, or 0.
int run_until_done(io::EventLoop& loop, ListenRun& run, bool live) {
  int signal = 0;
  bool at_once = false;
  loop.on_signals({SIGINT, SIGTERM}, [&](int which) {
    at_once = signal != 0 || !live;
    signal = which;
    if (at_once) return;
    run.finish();
    loop.call_at(loop.now() + kLastTexts, [&at_once] { at_once = true; });
  });
  loop.run_until([&] { return run.done() || at_once; });
  return signal;
}

}  // namespace

int listen_command(const SettingsFlags& flags, ListenOptions& options) {
  const auto loaded = load_settings(flags);
  if (!loaded) return 1;
  const auto stop = [](const Error& error) {
    fmt::print(stderr, "eva listen: {}\n", error.detail);
    return 1;
  };
  if (auto right = check_listen_options(options); !right) return stop(right.error());
  auto source = open_source(options);
  if (!source) return stop(source.error());
  const ListenLook look = look_of(options, source->live);
  use_settings(options.recorder, loaded->config);
  options.recorder.enable_realtime_transcription =
      options.partials.value_or(source->live && look.form != ListenLook::Form::kLines);
  options.recorder.input_device_index.reset();  // the source is open
  if (auto right = recorder::check_options(options.recorder); !right) return stop(right.error());

  const auto vad = vad::SileroModel::load(vad_model_file(loaded->config));
  if (!vad) return stop({vad.error().code, vad.error().detail + " Run: eva models pull"});
  // Live, one text is made at a time and the rest of the machine is left for partial texts.
  const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  const auto factories = recorder::make_stt_factories(options.recorder, source->live ? 1 : cores);
  if (!factories) return stop(factories.error());
  auto subtitles = open_subtitles(options);
  if (!subtitles) return stop(subtitles.error());

  io::EventLoop loop;
  const auto final_stt = factories->final_texts(loop);
  std::unique_ptr<speech::Stt> live_stt;
  if (options.recorder.enable_realtime_transcription) live_stt = factories->live_texts(loop);
  ListenOutput output(std::cout, std::cerr, look);
  ListenRun run(loop, {.vad = std::make_unique<vad::SileroVad>(**vad),
                       .final_stt = *final_stt,
                       .live_stt = live_stt ? *live_stt : *final_stt,
                       .settings = recorder::host_settings(options.recorder),
                       .source = std::move(source->audio),
                       .output = output,
                       .subtitles = std::move(*subtitles),
                       .pace = {.realtime = options.realtime, .length = source->length}});
  if (auto started = run.start(); !started) return stop(started.error());
  const int signal = run_until_done(loop, run, source->live);
  output.clear();
  if (run.error()) return stop(*run.error());
  if (signal != 0) return 128 + signal;
  return run.failures() == 0 ? 0 : 1;
}

}  // namespace eva::cli
