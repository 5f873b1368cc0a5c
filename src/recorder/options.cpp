#include "recorder/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <utility>

namespace eva::recorder {
namespace {

constexpr const char* kEmbedded = "whisper";
constexpr const char* kRemote = "openai_api";

/// The first complaint wins.
class Complaint {
 public:
  void unless(bool fine, const char* option, std::string_view why) {
    if (!fine && text_.empty()) text_ = fmt::format("{}: {}", option, why);
  }
  void range(double value, double least, double most, const char* option,
             std::string_view unit = "seconds") {
    unless(value >= least && value <= most, option,
           fmt::format("must be {} to {} {}, not {}", least, most, unit, value));
  }
  Result<> result() const {
    if (text_.empty()) return {};
    return fail(ErrorCode::kBadConfig, text_);
  }

 private:
  std::string text_;
};

void check_engine(Complaint& complaint, const std::string& engine, const EngineOptions& options,
                  const char* option) {
  complaint.unless(engine == kEmbedded || engine == kRemote, option,
                   fmt::format("\"{}\" is not here; there are \"{}\" (in this process) and \"{}\" "
                               "(any server with that interface, faster-whisper's too)",
                               engine, kEmbedded, kRemote));
  complaint.unless(engine != kRemote || !options.url.empty(), option,
                   fmt::format("\"{}\" needs the server: {}_options.url", kRemote, option));
  complaint.range(options.timeout, 0.1, 600, fmt::format("{}_options.timeout", option).c_str());
}

void check_recogniser(Complaint& complaint, const RecorderOptions& options) {
  check_engine(complaint, options.transcription_engine, options.transcription_engine_options,
               "transcription_engine");
  if (!options.realtime_transcription_engine.empty()) {
    check_engine(complaint, options.realtime_transcription_engine,
                 options.realtime_transcription_engine_options, "realtime_transcription_engine");
  }
  complaint.unless(options.compute_type == "default" || options.compute_type == "int8",
                   "compute_type",
                   "the model pack says in what precision it computes (int8); leave \"default\"");
  complaint.unless(options.device == "cpu", "device",
                   "the embedded recogniser computes on the CPU; for a GPU use "
                   "transcription_engine \"openai_api\" and a server that has one");
  complaint.unless(options.gpu_device_index == 0, "gpu_device_index", "no GPU is used; leave 0");
  const char* batch = "recordings are transcribed one at a time, as they end; leave 0";
  complaint.unless(options.batch_size == 0, "batch_size", batch);
  complaint.unless(options.realtime_batch_size == 0, "realtime_batch_size", batch);
  const char* beam = "the embedded recogniser decodes greedily; leave 1";
  complaint.unless(options.beam_size == 1, "beam_size", beam);
  complaint.unless(options.beam_size_realtime == 1, "beam_size_realtime", beam);
  const char* prompt =
      "the embedded recogniser takes no prompt; transcription_engine \"openai_api\" passes it on";
  const bool remote = options.transcription_engine == kRemote || options.transcription_executor;
  const bool remote_live = options.realtime_transcription_executor ||
                           (options.realtime_transcription_engine.empty()
                                ? remote
                                : options.realtime_transcription_engine == kRemote);
  complaint.unless(remote || options.initial_prompt.empty(), "initial_prompt", prompt);
  complaint.unless(remote_live || options.initial_prompt_realtime.empty(),
                   "initial_prompt_realtime", prompt);
  complaint.unless(options.suppress_tokens == std::vector{-1}, "suppress_tokens",
                   "the model pack says which tokens are suppressed; leave {-1}");
  complaint.unless(
      !options.faster_whisper_vad_filter, "faster_whisper_vad_filter",
      "there is no second detector: recordings are cut by Silero, and the recogniser's "
      "own guard drops text that nobody said; leave false");
  const bool english = options.model != "tiny" || options.language == "en";
  complaint.unless(english, "model",
                   "\"tiny\" for all languages is not here; use \"tiny.en\" for English (or set "
                   "language \"en\"), \"base\" for others");
  const bool tiny = options.model.find("tiny") != std::string::npos;
  complaint.unless(remote || !tiny || options.language.empty() || options.language == "en",
                   "language",
                   fmt::format("the model {} knows English only; use \"base\" for \"{}\"",
                               options.model, options.language));
}

void check_audio(Complaint& complaint, const RecorderOptions& options) {
  complaint.unless(!options.use_microphone || options.microphone, "use_microphone",
                   "this program was built without a microphone; set it false and call "
                   "feed_audio(), or give a function that opens one (microphone)");
  complaint.unless(!options.use_microphone || !options.audio_source, "audio_source",
                   "there is one source: either it or use_microphone");
  complaint.unless(options.use_microphone || !options.input_device_index, "input_device_index",
                   "it names a microphone, and use_microphone is false");
  complaint.unless(options.buffer_size == 512, "buffer_size",
                   "the voice detector hears 512 samples at a time; chunks of any length are fed");
  complaint.unless(options.sample_rate == 16'000, "sample_rate",
                   "the recorder works at 16000 Hz; feed_audio() takes any rate and converts");
  complaint.unless(options.allowed_latency_limit >= 4 && options.allowed_latency_limit <= 20'000,
                   "allowed_latency_limit", "must be 4 to 20000 buffers");
}

void check_log(Complaint& complaint, const RecorderOptions& options) {
  const char* silent = "a library prints nothing; the callbacks tell all of it";
  complaint.unless(!options.spinner, "spinner",
                   "a library draws nothing on a terminal; `eva listen` does");
  complaint.unless(!options.debug_mode, "debug_mode", silent);
  complaint.unless(!options.print_transcription_time, "print_transcription_time", silent);
  complaint.unless(options.no_log_file, "no_log_file", "no log file is written; leave true");
  complaint.unless(!options.use_extended_logging, "use_extended_logging", silent);
  constexpr std::array<std::string_view, 5> kLevels{"DEBUG", "INFO", "WARNING", "ERROR",
                                                    "CRITICAL"};
  complaint.unless(std::ranges::find(kLevels, options.level) != kLevels.end(), "level",
                   "must be DEBUG, INFO, WARNING, ERROR or CRITICAL");
}

void check_live(Complaint& complaint, const RecorderOptions& options) {
  complaint.range(options.realtime_processing_pause, 0, 60, "realtime_processing_pause");
  complaint.range(options.init_realtime_after_seconds, 0, 60, "init_realtime_after_seconds");
  const char* pace =
      "live texts follow the recogniser's pace, not syllables; set realtime_processing_pause";
  complaint.unless(!options.realtime_transcription_use_syllable_boundaries,
                   "realtime_transcription_use_syllable_boundaries", pace);
  complaint.unless(options.realtime_boundary_detector_sensitivity == 0.6,
                   "realtime_boundary_detector_sensitivity", pace);
  complaint.unless(options.realtime_boundary_followup_delays == std::vector{0.05, 0.2},
                   "realtime_boundary_followup_delays", pace);
}

void check_voice(Complaint& complaint, const RecorderOptions& options) {
  complaint.range(options.silero_sensitivity, 0, 1, "silero_sensitivity", "");
  const char* network =
      "Silero's network runs in ONNX Runtime on one CPU thread (0.1 ms per 32 ms)";
  complaint.unless(options.silero_use_onnx, "silero_use_onnx", network);
  complaint.unless(options.silero_backend == "auto" || options.silero_backend == "onnx" ||
                       options.silero_backend == "raw_onnx",
                   "silero_backend", network);
  complaint.unless(options.silero_onnx_threads == 1, "silero_onnx_threads", network);
  complaint.unless(options.silero_deactivity_detection, "silero_deactivity_detection",
                   "Silero alone decides where speech begins and ends; leave true");
  complaint.unless(options.webrtc_sensitivity == 3, "webrtc_sensitivity",
                   "there is no WebRTC detector beside Silero; set silero_sensitivity");
  complaint.range(options.post_speech_silence_duration, 0, 60, "post_speech_silence_duration");
  complaint.range(options.deactivity_silence_confirmation_duration, 0, 10,
                  "deactivity_silence_confirmation_duration");
  complaint.range(options.min_length_of_recording, 0, 60, "min_length_of_recording");
  complaint.range(options.min_gap_between_recordings, 0, 60, "min_gap_between_recordings");
  complaint.range(options.pre_recording_buffer_duration, 0, 30, "pre_recording_buffer_duration");
  complaint.unless(
      options.early_transcription_on_silence >= 0 &&
          (options.early_transcription_on_silence == 0 ||
           options.early_transcription_on_silence < options.post_speech_silence_duration),
      "early_transcription_on_silence",
      "is in seconds and must be below post_speech_silence_duration (0.2, not 200)");
  if (const auto& trim = options.pre_recording_buffer_trim_config) {
    complaint.unless(trim->min_silence_ms >= 10 && trim->guard_ms >= 0 && trim->max_gap_ms >= 0 &&
                         trim->min_included_ms >= 0 && trim->noise_floor_multiplier >= 1 &&
                         trim->energy_margin_rms >= 0,
                     "pre_recording_buffer_trim_config",
                     "min_silence_ms must be at least 10, noise_floor_multiplier at least 1, and "
                     "nothing below 0");
  }
}

void check_wake_words(Complaint& complaint, const RecorderOptions& options) {
  const char* none = "Eva has no wake word: she listens all the time, and speech starts recordings";
  complaint.unless(options.wakeword_backend.empty(), "wakeword_backend", none);
  complaint.unless(options.wake_words.empty(), "wake_words", none);
  complaint.unless(options.wake_words_sensitivity == 0.6, "wake_words_sensitivity", none);
  complaint.unless(options.wake_word_activation_delay == 0, "wake_word_activation_delay", none);
  complaint.unless(options.wake_word_timeout == 5, "wake_word_timeout", none);
  complaint.unless(options.wake_word_buffer_duration == 0.1, "wake_word_buffer_duration", none);
  complaint.unless(options.openwakeword_model_paths.empty(), "openwakeword_model_paths", none);
  complaint.unless(options.openwakeword_inference_framework == "onnx",
                   "openwakeword_inference_framework", none);
  complaint.unless(!options.on_wakeword_detected, "on_wakeword_detected", none);
  complaint.unless(!options.on_wakeword_timeout, "on_wakeword_timeout", none);
  complaint.unless(!options.on_wakeword_detection_start, "on_wakeword_detection_start", none);
  complaint.unless(!options.on_wakeword_detection_end, "on_wakeword_detection_end", none);
}

}  // namespace

Result<> check_options(const RecorderOptions& options) {
  Complaint complaint;
  check_wake_words(complaint, options);
  check_recogniser(complaint, options);
  check_audio(complaint, options);
  check_log(complaint, options);
  check_live(complaint, options);
  check_voice(complaint, options);
  return complaint.result();
}

std::string model_folder(const std::string& root, const std::string& model) {
  if (model.find('/') != std::string::npos) return model;
  const bool tiny = model == "tiny" || model == "tiny.en";
  return (std::filesystem::path(root) / (tiny              ? "whisper-tiny.en-int8"
                                         : model == "base" ? "whisper-base-int8"
                                                           : model))
      .string();
}

std::string models_root(const std::string& download_root) {
  if (!download_root.empty()) return download_root;
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value ? value : "");
  };
  if (auto dir = variable("EVA_MODELS_DIR"); !dir.empty()) return dir;
  if (const auto cache = variable("XDG_CACHE_HOME"); !cache.empty()) return cache + "/eva/models";
  return variable("HOME") + "/.cache/eva/models";
}

}  // namespace eva::recorder
