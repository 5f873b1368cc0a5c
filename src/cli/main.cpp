// The program: parses the command line and calls the subcommand. The composition root is here and
// in the *_command.cpp files beside it; everything else is given what it needs.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <system_error>

#include "cli/bench_echo.h"
#include "cli/bench_end_of_turn.h"
#include "cli/bench_overlaps.h"
#include "cli/commands.h"
#include "cli/packs.h"
#include "config/config_command.h"
#include "config/nearest.h"
#include "io/event_loop.h"
#include "models/models_command.h"

namespace eva::cli {
namespace {

int models_command(const SettingsFlags& flags, models::ModelsCommand command) {
  const auto loaded = load_settings(flags);
  if (!loaded) return 1;
  command.dir = loaded->config.models.dir;
  command.mirror = loaded->config.models.mirror;
  command.used = used_packs(loaded->config);
  command.terminal = isatty(STDERR_FILENO) != 0;
  io::EventLoop loop;  // its clock, for the rates
  command.now = [&loop] { return loop.now(); };
  return models::models_command(command, models::Catalogue::builtin(), std::cout, std::cerr);
}

// A misspelt setting gets the nearest right one.
void suggest_flag(int argc, char** argv) {
  std::vector<std::string> names;
  for (const config::Key& key : config::keys()) names.push_back(config::flag_name(key));
  for (int i = 1; i < argc; ++i) {
    const std::string_view word =
        std::string_view(argv[i]).substr(0, std::string_view(argv[i]).find('='));
    if (!word.starts_with("--") || std::ranges::find(names, word) != names.end()) continue;
    if (const auto name = config::nearest(word, names)) {
      std::cerr << word << ": did you mean " << *name << "?\n";
    }
  }
}

/// Exit code 2, with the nearest right word, for a command that does not exist; else 0.
int check_commands(const CLI::App& app, int argc, char** argv) {
  const CLI::App* level = &app;
  std::string said = "eva";
  for (int i = 1; i < argc; ++i) {
    std::vector<std::string> names;
    for (const CLI::App* command : level->get_subcommands({})) names.push_back(command->get_name());
    const std::string word = argv[i];
    if (names.empty() || word.starts_with("-")) return 0;
    if (std::ranges::find(names, word) == names.end()) {
      const auto name = config::nearest(word, names);
      std::cerr << fmt::format("{}: there is no command \"{}\"; {}\n", said, word,
                               name ? fmt::format("did you mean {}?", *name)
                                    : fmt::format("there are {}", fmt::join(names, ", ")));
      return 2;
    }
    said += " " + word;
    level = level->get_subcommand(word);
  }
  return 0;
}

int run(int argc, char** argv) {
  CLI::App app{
      "Eva: a voice agent that listens all the time and answers aloud.\n\n"
      "  eva serve                    talk in the browser: http://127.0.0.1:8000\n"
      "  eva talk                     talk here, through microphone and loudspeaker\n"
      "  eva talk question.wav --out conversation.wav\n"
      "                               talk over a recording\n"
      "  eva listen interview.flac --srt interview.srt\n"
      "                               write down what is said\n"
      "  eva doctor                   what is wrong, and how to mend it"};
  app.set_version_flag("--version", "eva " EVA_VERSION);
  app.require_subcommand(1);
  app.get_formatter()->column_width(32);
  int code = 0;

  SettingsFlags serve_flags;
  auto* serve = app.add_subcommand("serve", "Serve the page, the Realtime protocol and metrics");
  serve_flags.add_to(*serve, "server.listen");
  serve->callback([&] { code = serve_command(serve_flags); });

  SettingsFlags talk_flags;
  TalkOptions talk_options;
  auto* talk = app.add_subcommand(
      "talk", "Talk through this machine's microphone and loudspeaker, or over a recording");
  talk->add_option("INPUT", talk_options.input,
                   "A recording of the user's side, WAV or FLAC; none: the microphone");
  talk->add_option("--out", talk_options.out,
                   "Of a recording: stereo WAV to write, left the user, right Eva as heard")
      ->type_name("FILE");
  talk->add_option("--input", talk_options.microphone,
                   "Microphone: its number or a part of its name")
      ->type_name("DEVICE");
  talk->add_option("--output", talk_options.loudspeaker,
                   "Loudspeaker: its number or a part of its name")
      ->type_name("DEVICE");
  talk->add_flag("--list-devices", talk_options.list_devices, "Print both and stop");
  talk->add_option("--json", talk_options.json, "Ledger of every turn to write (- = stdout)")
      ->type_name("FILE");
  talk->add_flag("--realtime", talk_options.realtime, "Take as long as the recording does");
  talk->add_option("--record", talk_options.record,
                   "Folder to make: a recording of the call for eva replay")
      ->type_name("FOLDER");
  talk_flags.add_to(*talk);
  talk->callback([&] { code = talk_command(talk_flags, talk_options); });

  SettingsFlags listen_flags;
  ListenOptions listen_options;
  auto* listen = app.add_subcommand("listen", "Write down what is said, in a file or live");
  listen_options.add_to(*listen);
  listen_flags.add_to(*listen);
  listen->callback([&] { code = listen_command(listen_flags, listen_options); });

  ReplayOptions replay_options;
  auto* replay = app.add_subcommand("replay", "Run a recorded call again, as it was or changed");
  replay->add_option("CALL", replay_options.folder, "Folder of the recording")->required();
  replay
      ->add_option("--set", replay_options.sets,
                   "Show what another setting would have changed: turn.silence_ms=300 (again for "
                   "more)")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->take_all();
  replay->add_option("--svg", replay_options.svg, "Timeline to draw")->type_name("FILE");
  replay
      ->add_option("--out", replay_options.out,
                   "Stereo WAV to write: left the user, right Eva as heard")
      ->type_name("FILE");
  replay->callback([&] { code = replay_command(replay_options); });

  SettingsFlags engine_flags;
  auto* engine = app.add_subcommand("engine", "Serve the speech engines alone (OpenAI's HTTP API)");
  engine_flags.add_to(*engine, "engine.listen");
  engine->callback([&] { code = engine_command(engine_flags); });

  SettingsFlags models_flags;
  models::ModelsCommand models_options;
  auto* models = app.add_subcommand("models", "List, get and verify model packs");
  models->require_subcommand(1);
  const auto add_models = [&](const char* name, const char* help,
                              models::ModelsCommand::Action action, bool takes_packs) {
    auto* sub = models->add_subcommand(name, help);
    if (takes_packs) sub->add_option("PACK", models_options.packs, "Names of packs");
    models_flags.add_to(*sub);
    sub->callback([&, action] {
      models_options.action = action;
      code = models_command(models_flags, models_options);
    });
  };
  using Action = models::ModelsCommand::Action;
  add_models("list", "Show the packs and which are installed", Action::kList, false);
  add_models("pull", "Get or mend packs (without names: those that the settings use)",
             Action::kPull, true);
  add_models("verify", "Check every byte of the installed packs", Action::kVerify, true);

  SettingsFlags bench_flags;
  std::string bench_audio = "../shared/audio";
  bool bench_verbose = false;
  auto* bench = app.add_subcommand("bench", "Measure Eva on recordings");
  bench->require_subcommand(1);
  auto* turns = bench->add_subcommand(
      "turns", "Who speaks when: interruptions, backchannels, noise, ends of turns");
  turns->add_option("--audio", bench_audio, "Folder of the test recordings")->type_name("DIR");
  turns->add_flag("--verbose", bench_verbose, "A line per call");
  bool bench_eot = false;
  bool bench_echoes = false;
  EndOfTurnBench eot_options;
  turns->add_flag("--eot", bench_eot, "Instead: ends of turns, cut-offs against dead air");
  turns->add_flag("--echo", bench_echoes, "Instead: Eva beside her own echo");
  turns
      ->add_option("--heard", eot_options.heard,
                   "With --eot: file that keeps what the engines heard, to be used again")
      ->type_name("FILE");
  turns->add_option("--plot", eot_options.plot, "With --eot: SVG to write")->type_name("FILE");
  bench_flags.add_to(*turns);
  turns->callback([&] {
    const auto loaded = load_settings(bench_flags);
    eot_options.audio = bench_audio;
    const auto done = !loaded        ? Result<>(fail(ErrorCode::kBadConfig, ""))
                      : bench_echoes ? bench_echo(loaded->config, bench_audio, bench_verbose)
                      : bench_eot    ? bench_end_of_turn(loaded->config, eot_options)
                                     : bench_overlaps(loaded->config, bench_audio, bench_verbose);
    if (loaded && !done) std::cerr << "eva bench: " << done.error().detail << '\n';
    code = done ? 0 : 1;
  });

  SettingsFlags doctor_flags;
  auto* doctor =
      app.add_subcommand("doctor", "Check settings, models, ports and providers; say what to do");
  doctor_flags.add_to(*doctor);
  doctor->callback([&] { code = doctor_command(doctor_flags); });

  SettingsFlags config_flags;
  config::ConfigCommand config_options;
  auto* config = app.add_subcommand("config", "Show every setting, its value and where it is from");
  config->add_flag("--example", config_options.example, "Print a commented eva.toml");
  config_flags.add_to(*config);
  config->callback([&] {
    code = config::config_command(config_options, config_flags.sources(), std::cout, std::cerr);
  });

  if (const int wrong = check_commands(app, argc, argv); wrong != 0) return wrong;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ExtrasError& error) {
    app.exit(error);
    suggest_flag(argc, argv);
    return 2;
  } catch (const CLI::ParseError& error) {
    const int status = app.exit(error);
    return status == 0 ? 0 : 2;
  }
  return code;
}

}  // namespace

std::string own_path() {
  std::error_code error;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? "eva" : path.string();
}

}  // namespace eva::cli

int main(int argc, char** argv) {
  int code = 0;
  int reason = 0;
  try {
    code = eva::cli::run(argc, argv);
  } catch (const std::system_error& error) {  // fmt::print to a stdout that takes no more
    reason = error.code().value();
  }
  // What could not be printed must not look like success.
  if (reason == 0 && std::fflush(stdout) != 0) reason = errno;
  if (reason == 0 && !std::cout.flush()) reason = EIO;
  if (reason == 0) return code;
  std::cerr << "eva: cannot write the output: " << std::strerror(reason) << '\n';
  return code == 0 ? 1 : code;
}
