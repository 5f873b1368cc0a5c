#pragma once
// Every setting of Eva as a plain value. The initialisers here are the defaults; what a key is
// called, its range and its explanation stand in keys.cpp; load.h fills the struct.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "config/secret.h"

namespace eva::config {

enum class LogLevel { kDebug, kInfo, kWarn, kError };
enum class LogFormat { kText, kJson };

struct ServerConfig {
  std::string listen = "127.0.0.1:8000";  // host:port, [v6]:port or unix:/path
  int loops = 0;                          // event loops, 0 = one per core
  Duration drain = 5s;
  bool web = true;
  std::vector<std::string> allowed_origins;
  std::string api_keys_file;
  std::vector<Secret> api_keys;  // of api_keys_file and EVA_API_KEYS; empty = no key is asked for
};

struct LimitsConfig {
  int connections = 1000;
  std::int64_t message_bytes = 21 * 1024 * 1024;
  std::int64_t outbox_bytes = 1024 * 1024;
  Duration audio_ahead = 2s;
  Duration input_buffer = 600s;
  int events_per_second = 500;
  int conversation_items = 1000;
  Duration session = 3600s;
  Duration idle = 20s;
};

enum class EndOfTurn { kSilence, kDynamic, kSmart, kAuto };
enum class BargeIn { kWords, kSpeech };

struct TurnConfig {
  EndOfTurn end_of_turn = EndOfTurn::kDynamic;
  std::string model = "smart-turn-v3.2";
  Duration silence = 450ms;
  double threshold = 0.5;
  Duration min_speech = 96ms;
  Duration max_turn = 60s;
  Duration prefix_padding = 300ms;
  Duration stt_after = 96ms;  // never above `silence`
  BargeIn barge_in = BargeIn::kWords;
  Duration interrupt = 200ms;
  std::string backchannels;  // "" = built in
  std::string stop_phrases;  // "" = built in
  Duration playout_lead = 100ms;
  bool echo_guard = true;
  bool level_gate = true;
  int speculations = 3;
};

struct SessionConfig {
  std::string instructions =
      "You are Eva, a friendly voice assistant. Your words are spoken aloud, so answer in one to "
      "three short, plain sentences, without lists, markdown, emoji or links. Write numbers and "
      "units the way people say them. If you did not understand or do not know, say so briefly "
      "and ask. Where something you said ends with a dash, the user interrupted you and did not "
      "hear "
      "the rest.";
  std::string voice;
  Duration idle{};  // silence of the user; 0 = nothing happens
  std::string idle_prompt = "Are you still there?";
  int idle_prompts = 2;
  std::string goodbye;
  std::string language = "en";  // ISO-639-1, "" = let the recogniser decide
  std::string greeting;
};

/// A speech or language service with OpenAI's HTTP interface; `url` "" = the embedded engine (stt,
/// tts) or the built-in offline brain (llm).
struct SttConfig {
  std::string url;
  std::string model = "whisper-1";
  std::string key_env;
  std::string key_file;
  Secret key;  // of key_env or key_file; empty = none is sent
  std::string language;
  bool partials = true;
  Duration timeout = 15s;
};

struct LlmConfig {
  std::string url;
  std::string model;
  std::string key_env;
  std::string key_file;
  Secret key;
  std::optional<std::int64_t> max_tokens;
  std::optional<double> temperature;
  Duration timeout = 15s;  // to the first token
};

struct TtsConfig {
  std::string url;
  std::string model = "tts-1";
  std::string voice = "alloy";
  std::string key_env;
  std::string key_file;
  Secret key;
  double speed = 1.0;
  Duration timeout = 15s;
};

struct EngineConfig {
  std::string listen;  // of `eva engine`; "" = 127.0.0.1:8001
  int threads = 0;     // 0 = one per core
  std::string stt_model = "whisper-tiny.en-int8";
  std::string voice = "piper-en_US-joe-medium";
  std::string lexicon;
  int nice = 2;  // more (5) starves it for seconds when a build runs on the same cores
  int queue = 32;
};

struct ModelsConfig {
  std::string dir;  // load() puts the cache folder here when no source names one
  std::string mirror;
};

struct RecordingConfig {
  std::string folder;  // "" = calls are not recorded
  bool redact = false;
  std::int64_t call_bytes = 256LL * 1024 * 1024;
  std::int64_t folder_bytes = 4LL * 1024 * 1024 * 1024;
};

struct LogConfig {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kText;
};

struct Config {
  ServerConfig server;
  LimitsConfig limits;
  TurnConfig turn;
  SessionConfig session;
  SttConfig stt;
  LlmConfig llm;
  TtsConfig tts;
  EngineConfig engine;
  ModelsConfig models;
  RecordingConfig recording;
  LogConfig log;
};

}  // namespace eva::config
