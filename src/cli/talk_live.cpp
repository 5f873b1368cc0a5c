#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "cli/captions.h"
#include "cli/commands.h"
#include "cli/live_call.h"
#include "cli/talk_engines.h"
#include "cli/terminal.h"
#include "device/sound_devices.h"

namespace eva::cli {
namespace {

int print_devices(const std::vector<device::DeviceInfo>& devices) {
  if (devices.empty()) fmt::print("This machine has neither microphone nor loudspeaker.\n");
  for (const auto& device : devices) {
    std::string use = device.input && device.output ? "both" : device.input ? "input" : "output";
    if (device.default_input) use += ", default input";
    if (device.default_output) use += ", default output";
    fmt::print("{:3}  {}  ({})\n", device.index, device.name, use);
  }
  return 0;
}

}  // namespace

int live_talk(const config::Config& config, const TalkOptions& options) {
  const auto stop = [](const std::string& detail) {
    fmt::print(stderr, "eva talk: {}\n", detail);
    return 1;
  };
  auto devices = device::open_sound_devices();
  if (!devices) return stop(devices.error().detail);
  if (options.list_devices) return print_devices((*devices)->list());
  // Before the engine: what is missing is said at once.
  const auto microphone = (*devices)->open_microphone(options.microphone);
  if (!microphone) return stop(microphone.error().detail);
  const auto loudspeaker = (*devices)->open_loudspeaker(options.loudspeaker);
  if (!loudspeaker) return stop(loudspeaker.error().detail);

  TalkEngines engines(config);
  fmt::print(stderr, "Starting. A moment, please.\n");
  if (auto started = engines.start(); !started) {
    return engines.interrupted() ? 0 : stop(started.error().detail);
  }
  if (!options.record.empty()) {
    if (auto opened = engines.record_to(options.record); !opened) {
      return stop(opened.error().detail);
    }
  }
  fmt::print(
      stderr, "Speak when you like; Ctrl-C hangs up. {}\n",
      config.turn.echo_guard
          ? "Headphones are best: over a loudspeaker Eva has to tell her own voice from yours."
          : "Wear headphones: turn.echo_guard is off, so Eva would hear herself.");
  Captions captions(std::cout,
                    {.in_place = can_rewrite_line(STDOUT_FILENO), .width = terminal_width()});
  bool ended = false;
  std::string why;
  LiveCall call(
      engines.loop(), engines.parts(engines.loop(), true), engines.engines(),
      {.microphone = **microphone, .loudspeaker = **loudspeaker}, captions,
      [&](std::string reason) {
        ended = true;
        why = std::move(reason);
      },
      engines.tap());
  captions.begin();
  call.greet(config.session.greeting);
  engines.loop().run_until([&] { return ended || engines.interrupted(); });
  captions.end();
  if ((*microphone)->lost() > 0) {
    fmt::print(stderr,
               "eva talk: this machine was too slow: {:.1f} s of the microphone were lost\n",
               static_cast<double>((*microphone)->lost()) / (*microphone)->rate());
  }
  return why.empty() ? 0 : stop(why);
}

}  // namespace eva::cli
