#include "cli/listen_options.h"

#include <utility>

#include "cli/output_files.h"

namespace eva::cli {

void ListenOptions::add_to(CLI::App& command) {
  command.add_option("INPUT", input,
                     "WAV, FLAC or Ogg file, or - for standard input (WAV, or raw 16-bit mono)");
  command.add_flag("--mic", microphone, "Listen to this machine's microphone");
  command.add_option("--input_device_index", recorder.input_device_index, "Which microphone");
  command.add_option("--rate", rate, "Rate of raw samples on standard input, in Hz")
      ->check(CLI::Range(8'000, 192'000))
      ->type_name("HZ");
  command.add_option("--language", recorder.language, "Spoken language, such as en")
      ->type_name("CODE");
  command.add_option("--srt", srt, "SubRip subtitles to write")->type_name("FILE");
  command.add_option("--vtt", vtt, "WebVTT subtitles to write")->type_name("FILE");
  command.add_flag("--json", json, "One JSON object per line instead of text");
  command.add_flag_function(
      "--partials,!--no-partials", [this](std::int64_t count) { partials = count > 0; },
      "Texts while somebody speaks (default: live audio on a terminal or in JSON)");
  command.add_flag("--realtime", realtime, "Take as long as the recording does");
  const auto seconds = [&](const char* name, double& value, const char* help) {
    command.add_option(name, value, help)->type_name("SECONDS")->group("Recorder");
  };
  command
      .add_option("--silero_sensitivity", recorder.silero_sensitivity,
                  "0 to 1: how little is taken for speech")
      ->group("Recorder");
  seconds("--post_speech_silence_duration", recorder.post_speech_silence_duration,
          "Silence that ends a recording");
  seconds("--deactivity_silence_confirmation_duration",
          recorder.deactivity_silence_confirmation_duration, "Silence before it counts");
  seconds("--min_length_of_recording", recorder.min_length_of_recording,
          "Shortest recording that silence ends");
  seconds("--min_gap_between_recordings", recorder.min_gap_between_recordings,
          "From one recording to the next");
  seconds("--pre_recording_buffer_duration", recorder.pre_recording_buffer_duration,
          "Audio before the speech that belongs to it");
  seconds("--early_transcription_on_silence", recorder.early_transcription_on_silence,
          "Silence after which the text is made ahead (0 = off)");
  seconds("--realtime_processing_pause", recorder.realtime_processing_pause,
          "Between two partial texts");
  seconds("--init_realtime_after_seconds", recorder.init_realtime_after_seconds,
          "No partial text before this");
  command
      .add_option("--initial_prompt", recorder.initial_prompt,
                  "Spelling hints (remote recognisers)")
      ->group("Recorder");
  command
      .add_flag("--normalize_audio", recorder.normalize_audio,
                "Bring every recording to full level")
      ->group("Recorder");
}

Result<> check_listen_options(const ListenOptions& options) {
  const auto refuse = [](const std::string& why) { return fail(ErrorCode::kBadConfig, why); };
  if (options.microphone != options.input.empty()) {
    return refuse(options.microphone ? "either a file or --mic, not both"
                                     : "say what to listen to: a file, - or --mic");
  }
  if (!options.srt.empty() && !options.vtt.empty() && same_file(options.srt, options.vtt)) {
    return refuse("--srt and --vtt are both " + options.srt + "; choose another file");
  }
  for (const auto& [flag, file] : {std::pair{"--srt ", &options.srt}, {"--vtt ", &options.vtt}}) {
    if (file->empty()) continue;
    if (options.input != "-" && !options.input.empty() && same_file(*file, options.input)) {
      return refuse(flag + *file + " is the recording itself; choose another file");
    }
    if (auto writable = check_writable(*file); !writable) return writable;
  }
  return {};
}

}  // namespace eva::cli
