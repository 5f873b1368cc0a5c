#include "recorder/host_settings.h"

#include <cmath>

namespace eva::recorder {
namespace {

PrerollTrim trim_of(const PreRecordingBufferTrimConfig& config) {
  using std::chrono::milliseconds;
  return {.min_silence = milliseconds(config.min_silence_ms),
          .guard = milliseconds(config.guard_ms),
          .max_gap = milliseconds(config.max_gap_ms),
          .min_included = milliseconds(config.min_included_ms),
          .noise_floor_multiplier = config.noise_floor_multiplier,
          .energy_margin_rms = config.energy_margin_rms};
}

}  // namespace

Duration seconds_to_duration(double seconds) {
  return Duration{std::llround(seconds * 1e6)};
}

HostSettings host_settings(const RecorderOptions& options) {
  HostSettings settings;
  settings.core = {
      .threshold = 1 - options.silero_sensitivity,
      .silence_confirmation = seconds_to_duration(options.deactivity_silence_confirmation_duration),
      .post_speech_silence = seconds_to_duration(options.post_speech_silence_duration),
      .min_length = seconds_to_duration(options.min_length_of_recording),
      .min_gap = seconds_to_duration(options.min_gap_between_recordings),
      .pre_roll = seconds_to_duration(options.pre_recording_buffer_duration),
      .early_transcription = seconds_to_duration(options.early_transcription_on_silence)};
  const auto& trim = options.pre_recording_buffer_trim_config;
  if (trim && trim->enabled) settings.core.trim = trim_of(*trim);
  settings.live_text = options.enable_realtime_transcription;
  settings.live = {.pause = seconds_to_duration(options.realtime_processing_pause),
                   .init_after = seconds_to_duration(options.init_realtime_after_seconds),
                   .prompt = options.initial_prompt_realtime};
  settings.language = options.language;
  settings.prompt = options.initial_prompt;
  settings.normalize_audio = options.normalize_audio;
  settings.finish = {.uppercase_start = options.ensure_sentence_starting_uppercase,
                     .period_end = options.ensure_sentence_ends_with_period};
  return settings;
}

}  // namespace eva::recorder
