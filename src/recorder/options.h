#pragma once
// The options of a Recorder: RealtimeSTT's constructor parameters with their names, units and, but
// where said, their defaults. docs/recorder.md goes through them one by one.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/executor.h"
#include "recorder/audio_source.h"
#include "speech/stt.h"
#include "vad/vad.h"

namespace eva::recorder {

/// Of transcription_engine "openai_api": a server with OpenAI's /audio/transcriptions.
struct EngineOptions {
  std::string url;      // "http://127.0.0.1:8001/v1", "https://api.openai.com/v1"
  std::string api_key;  // "" = none is sent
  std::string model = "whisper-1";
  double timeout = 15;  // seconds to the answer's begin
};

/// pre_recording_buffer_trim_config; milliseconds as the names say, levels in 16-bit samples.
struct PreRecordingBufferTrimConfig {
  bool enabled = true;
  int min_silence_ms = 200;
  int guard_ms = 160;
  int max_gap_ms = 80;
  int min_included_ms = 600;
  double noise_floor_multiplier = 2.5;
  double energy_margin_rms = 25;
};

/// What a live text is made of (on_realtime_text_stabilization_update).
struct TextStabilization {
  std::string stable_text;    // never taken back: starts with the one before
  std::string unstable_text;  // what probably follows, its blank in front included
  bool is_final = false;      // stable_text is the recording's final text
  bool final_agrees = true;   // is_final: it begins with the words that had been stable
};

/// Makes a recogniser on the recorder's own loop, where it lives and dies.
using SttFactory = std::function<std::unique_ptr<speech::Stt>(Executor& home)>;
/// Opens input_device_index (nullopt: the default device), not yet started.
using MicrophoneFactory =
    std::function<Result<std::unique_ptr<AudioSource>>(std::optional<int> device)>;

/// Times are seconds unless a name says otherwise.
struct RecorderOptions {
  // Recogniser.
  std::string model = "tiny.en";  // or "base" (other languages), the name of a pack, or its folder
  std::string transcription_engine = "whisper";  // embedded; or "openai_api"
  EngineOptions transcription_engine_options;
  std::string download_root;  // folder of the model packs, "" = the cache folder of Eva
  std::string language;       // ISO-639-1, "" = detect
  std::string compute_type = "default";
  std::optional<int> input_device_index;
  int gpu_device_index = 0;
  std::string device = "cpu";  // RealtimeSTT: "cuda"
  int batch_size = 0;          // RealtimeSTT: 16
  int beam_size = 1;           // RealtimeSTT: 5
  int beam_size_realtime = 1;  // RealtimeSTT: 3
  std::string initial_prompt;  // openai_api only
  std::string initial_prompt_realtime;
  std::vector<int> suppress_tokens{-1};
  bool faster_whisper_vad_filter = false;  // RealtimeSTT: true
  bool normalize_audio = false;
  SttFactory transcription_executor;           // instead of transcription_engine
  SttFactory realtime_transcription_executor;  // instead of realtime_transcription_engine

  // Audio.
  bool use_microphone = false;                // RealtimeSTT: true
  MicrophoneFactory microphone;               // what use_microphone opens
  std::unique_ptr<AudioSource> audio_source;  // any other source than a microphone
  int buffer_size = 512;
  int sample_rate = 16'000;
  bool handle_buffer_overflow = true;
  int allowed_latency_limit = 100;  // buffers of buffer_size that may wait: 3.2 s

  // Text and log.
  bool ensure_sentence_starting_uppercase = true;
  bool ensure_sentence_ends_with_period = true;
  bool spinner = false;  // RealtimeSTT: true
  std::string level = "WARNING";
  bool debug_mode = false;
  bool print_transcription_time = false;
  bool no_log_file = true;  // RealtimeSTT: false
  bool use_extended_logging = false;
  bool start_callback_in_new_thread = true;  // RealtimeSTT: false

  // Live texts.
  bool enable_realtime_transcription = false;
  bool use_main_model_for_realtime = false;
  std::string realtime_transcription_engine;  // "" = as transcription_engine
  EngineOptions realtime_transcription_engine_options;
  std::string realtime_model_type = "tiny.en";
  double realtime_processing_pause = 0.2;
  double init_realtime_after_seconds = 0.2;
  int realtime_batch_size = 0;  // RealtimeSTT: 16
  bool realtime_transcription_use_syllable_boundaries = false;
  double realtime_boundary_detector_sensitivity = 0.6;
  std::vector<double> realtime_boundary_followup_delays{0.05, 0.2};

  // Voice activity.
  double silero_sensitivity = 0.4;  // 0..1; speech where p > 1 - silero_sensitivity
  bool silero_use_onnx = true;      // RealtimeSTT: None
  std::string silero_backend = "auto";
  std::string silero_onnx_model_path;       // "" = the pack's
  int silero_onnx_threads = 1;              // RealtimeSTT: 2
  bool silero_deactivity_detection = true;  // RealtimeSTT: false
  int webrtc_sensitivity = 3;
  bool warmup_vad = true;
  /// Eva's own: makes the detector to use instead of Silero's network.
  std::function<std::unique_ptr<vad::Vad>()> voice_detector;
  double post_speech_silence_duration = 0.6;
  double deactivity_silence_confirmation_duration = 0.16;
  double min_length_of_recording = 0.5;
  double min_gap_between_recordings = 0;
  double pre_recording_buffer_duration = 1.0;
  std::optional<PreRecordingBufferTrimConfig> pre_recording_buffer_trim_config;
  double early_transcription_on_silence = 0;  // of counted silence; 0 = off

  // Wake words: Eva has none.
  std::string wakeword_backend;
  std::string wake_words;
  double wake_words_sensitivity = 0.6;
  double wake_word_activation_delay = 0;
  double wake_word_timeout = 5;
  double wake_word_buffer_duration = 0.1;
  std::string openwakeword_model_paths;
  std::string openwakeword_inference_framework = "onnx";

  // Callbacks: run one after the other on a thread of their own; a slow one delays those behind it,
  // never the audio. They may call the recorder's methods, but not destroy it.
  std::function<void()> on_recording_start;
  std::function<void()> on_recording_stop;
  std::function<void()> on_vad_start;
  std::function<void()> on_vad_stop;
  std::function<void()> on_vad_detect_start;
  std::function<void()> on_vad_detect_stop;
  std::function<void()> on_turn_detection_start;
  std::function<void()> on_turn_detection_stop;
  std::function<void(const std::string&)> on_realtime_transcription_update;
  std::function<void(const std::string&)> on_realtime_transcription_stabilized;
  std::function<void(const TextStabilization&)> on_realtime_text_stabilization_update;
  /// The recording (16 kHz, mono) before its final transcription; true cancels it.
  std::function<bool(const std::vector<std::int16_t>&)> on_transcription_start;
  /// Every piece of audio heard: 16 kHz, mono.
  std::function<void(const std::vector<std::int16_t>&)> on_recorded_chunk;
  std::function<void()> on_wakeword_detected;
  std::function<void()> on_wakeword_timeout;
  std::function<void()> on_wakeword_detection_start;
  std::function<void()> on_wakeword_detection_end;
  /// Eva's own: microphone audio that was lost because the machine was too slow, in seconds.
  std::function<void(double)> on_audio_dropped;
  /// Eva's own: what went wrong outside of a method: the microphone, a text(callback).
  std::function<void(const Error&)> on_error;
};

/// kBadConfig: the first option that Eva cannot follow, why, and what to do instead.
Result<> check_options(const RecorderOptions& options);

/// The pack's folder of `model` (RealtimeSTT's names "tiny.en", "tiny" and "base", a pack's name,
/// or a folder) below `root`.
std::string model_folder(const std::string& root, const std::string& model);
/// download_root, or Eva's cache folder.
std::string models_root(const std::string& download_root);

}  // namespace eva::recorder
