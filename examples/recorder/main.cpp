// What is said, as a RealtimeSTT program would print it: partial texts while somebody speaks, then
// the final one. Sound comes from a file, or from a microphone through a pipe:
//   arecord -q -f S16_LE -r 16000 -t raw | eva_recorder_example
// Copy it; docs/recorder.md has all options, callbacks and methods.
#include <array>
#include <cstdio>
#include <iostream>
#include <thread>

#include "recorder/file_source.h"
#include "recorder/recorder.h"

namespace {

int stop(const eva::Error& error) {
  std::cerr << error.detail << '\n';
  return 1;
}

/// Standard input, piece by piece as it comes: raw samples, 16 bit, 16 kHz, mono.
void feed_standard_input(eva::recorder::Recorder& recorder) {
  std::array<std::int16_t, 512> pcm;
  while (const std::size_t count = std::fread(pcm.data(), sizeof pcm[0], pcm.size(), stdin)) {
    if (!recorder.feed_audio(std::span(pcm).first(count))) return;
  }
  recorder.end_audio();
}

}  // namespace

int main(int argc, char** argv) {
  eva::recorder::RecorderOptions options;
  if (argc > 1) {  // as fast as the machine can; too fast for partial texts
    auto file = eva::recorder::FileSource::open(argv[1]);
    if (!file) return stop(file.error());
    options.audio_source = std::move(*file);
  }
  options.enable_realtime_transcription = true;
  options.post_speech_silence_duration = 0.4;
  // Callbacks come on a thread of their own; a slow one never delays the audio.
  options.on_recording_start = [] { std::cerr << "[speech]\n"; };
  options.on_realtime_transcription_update = [](const std::string& text) {
    std::cerr << "  ... " << text << '\n';
  };

  auto created = eva::recorder::Recorder::create(std::move(options));
  if (!created) return stop(created.error());
  eva::recorder::Recorder& recorder = **created;

  std::thread feeder;
  if (argc == 1) feeder = std::thread([&] { feed_standard_input(recorder); });
  auto text = recorder.text();
  for (; text; text = recorder.text()) {
    if (!text->empty()) std::cout << *text << std::endl;
  }
  recorder.shutdown();
  if (feeder.joinable()) feeder.join();
  const bool over = text.error().code == eva::ErrorCode::kNotFound;  // the sound has ended
  return over ? 0 : stop(text.error());
}
