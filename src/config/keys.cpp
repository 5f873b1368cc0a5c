#include "config/keys.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "base/check.h"
#include "config/checks.h"

namespace eva::config {
namespace {

constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warn", "error"};
constexpr std::array<std::string_view, 4> kEndsOfTurn = {"silence", "dynamic", "smart", "auto"};
constexpr std::array<std::string_view, 2> kBargeIns = {"words", "speech"};
constexpr std::array<std::string_view, 2> kFormats = {"text", "json"};
constexpr double kMiB = 1024 * 1024;
constexpr double kHour = 3'600'000;  // ms

constexpr EnumField kLogLevel = {
    [](const Config& c) { return static_cast<std::size_t>(c.log.level); },
    [](Config& c, std::size_t i) { c.log.level = static_cast<LogLevel>(i); }};
constexpr EnumField kEndOfTurn = {
    [](const Config& c) { return static_cast<std::size_t>(c.turn.end_of_turn); },
    [](Config& c, std::size_t i) { c.turn.end_of_turn = static_cast<EndOfTurn>(i); }};
constexpr EnumField kBargeIn = {
    [](const Config& c) { return static_cast<std::size_t>(c.turn.barge_in); },
    [](Config& c, std::size_t i) { c.turn.barge_in = static_cast<BargeIn>(i); }};
constexpr EnumField kLogFormat = {
    [](const Config& c) { return static_cast<std::size_t>(c.log.format); },
    [](Config& c, std::size_t i) { c.log.format = static_cast<LogFormat>(i); }};

// Makers of the table's rows.
using Text = std::string_view;

constexpr Key number(Text section, Text name, Field field, Text doc, double min, double max) {
  return {.section = section, .name = name, .field = field, .doc = doc, .min = min, .max = max};
}
constexpr Key text(Text section, Text name, Field field, Text doc,
                   std::string (*check)(Text) = nullptr) {
  return {.section = section, .name = name, .field = field, .doc = doc, .check = check};
}
constexpr Key path(Text section, Text name, Field field, Text doc) {
  return {.section = section, .name = name, .field = field, .doc = doc, .path = true};
}
constexpr Key choice(Text section, Text name, Field field, Text doc,
                     std::span<const Text> choices) {
  return {.section = section, .name = name, .field = field, .doc = doc, .choices = choices};
}
constexpr Key flag(Text section, Text name, Field field, Text doc) {
  return {.section = section, .name = name, .field = field, .doc = doc};
}

// NOLINTBEGIN(bugprone-macro-parentheses): `member` names a member, it is no expression
#define FIELD(member)       \
  [](Config & c) -> auto& { \
    return c.member;        \
  }
// NOLINTEND(bugprone-macro-parentheses)
constexpr Key kKeys[] = {
    text("server", "listen", FIELD(server.listen),
         "Address and port, or unix:/path. 0.0.0.0 lets other machines in: then set API keys",
         check_listen),
    number("server", "loops", FIELD(server.loops), "Event loops; 0 = one per core", 0, 256),
    number("server", "drain_ms", FIELD(server.drain),
           "After SIGTERM: how long calls under way may go on", 0, kHour),
    flag("server", "web", FIELD(server.web), "Serve the talk page at /"),
    text("server", "allowed_origins", FIELD(server.allowed_origins),
         "Web origins besides the server's own that may connect; \"*\" = all", check_origin),
    path("server", "api_keys_file", FIELD(server.api_keys_file),
         "One API key per line; EVA_API_KEYS (a,b) adds more; no key at all lets everybody in"),

    number("limits", "connections", FIELD(limits.connections),
           "Sessions (open WebSockets) at a time; more are refused with 503", 1, 1'000'000),
    number("limits", "message_bytes", FIELD(limits.message_bytes),
           "Largest message of a client; the default fits 15 MiB of audio in base64", 65536,
           1024 * kMiB),
    number("limits", "outbox_bytes", FIELD(limits.outbox_bytes),
           "Unsent bytes at which a client that does not read is disconnected", 65536, 1024 * kMiB),
    number("limits", "audio_ahead_ms", FIELD(limits.audio_ahead),
           "How far ahead of real time a client's audio may run; more is refused", 100, 60'000),
    number("limits", "input_buffer_ms", FIELD(limits.input_buffer),
           "Longest audio that a client may append without committing it", 1000, kHour),
    number("limits", "events_per_second", FIELD(limits.events_per_second),
           "Messages of one client per second; a client that sends more is read slowly", 10,
           100'000),
    number("limits", "conversation_items", FIELD(limits.conversation_items),
           "Items of one conversation; the oldest are forgotten", 10, 100'000),
    number("limits", "session_ms", FIELD(limits.session), "Longest session", 1000, 24 * kHour),
    number("limits", "idle_ms", FIELD(limits.idle),
           "A client silent for this long is pinged, and disconnected after as long again", 1000,
           kHour),

    choice("turn", "end_of_turn", kEndOfTurn,
           "What ends a turn: silence of silence_ms, or one that also follows the words (dynamic, "
           "English), the sound (smart) or both (auto)",
           kEndsOfTurn),
    text("turn", "model", FIELD(turn.model),
         "Model that hears turn ends, for smart and auto: a pack, or the path of an .onnx file",
         check_turn_model),
    number("turn", "silence_ms", FIELD(turn.silence), "Silence that ends a turn", 50, 10'000),
    number("turn", "threshold", FIELD(turn.threshold),
           "Speech probability from which a sound counts as speech", 0.01, 0.99),
    number("turn", "min_speech_ms", FIELD(turn.min_speech), "Shorter sounds are no turn", 32, 5000),
    number("turn", "max_turn_ms", FIELD(turn.max_turn), "A turn this long is ended", 1000, 600'000),
    number("turn", "prefix_padding_ms", FIELD(turn.prefix_padding),
           "Audio kept from before the speech began", 0, 5000),
    number("turn", "stt_after_ms", FIELD(turn.stt_after),
           "Silence after which recognition starts, in case the turn ends; at most silence_ms", 0,
           10'000),
    number("turn", "speculations", FIELD(turn.speculations),
           "Replies prepared in the pauses of one turn, before it is sure to be over; 0 = none", 0,
           10),
    choice("turn", "barge_in", kBargeIn,
           "What interrupts a reply: what is said over it (words), or any speech of interrupt_ms "
           "(speech)",
           kBargeIns),
    number("turn", "interrupt_ms", FIELD(turn.interrupt),
           "Speech that interrupts a reply where barge_in is speech", 0, 5000),
    text("turn", "backchannels", FIELD(turn.backchannels),
         "Phrases that do not interrupt, divided by commas; \"\" = the built-in lists"),
    text("turn", "stop_phrases", FIELD(turn.stop_phrases),
         "Phrases that always interrupt, divided by commas; \"\" = the built-in lists"),
    flag("turn", "echo_guard", FIELD(turn.echo_guard),
         "Tell Eva's own voice in the user's microphone from the user's"),
    flag("turn", "level_gate", FIELD(turn.level_gate),
         "Speech over Eva that is 12 dB quieter than the user's does not interrupt her"),
    number("turn", "playout_lead_ms", FIELD(turn.playout_lead),
           "Audio sent ahead: less stops sooner, more rides out an unsteady network", 40, 2000),

    text("session", "instructions", FIELD(session.instructions),
         "Who the assistant is; clients may replace it"),
    text("session", "voice", FIELD(session.voice),
         "Voice of new sessions; \"\" = tts.voice, or the embedded voice"),
    text("session", "language", FIELD(session.language),
         "Spoken language; \"\" = detect it where the recogniser can", check_language),
    text("session", "greeting", FIELD(session.greeting),
         "Spoken when a session begins; \"\" = the user speaks first"),

    number("session", "idle_ms", FIELD(session.idle),
           "Silence after Eva has spoken until she asks idle_prompt; 0 = never", 0, 600'000),
    text("session", "idle_prompt", FIELD(session.idle_prompt), "Said after such a silence"),
    number("session", "idle_prompts", FIELD(session.idle_prompts),
           "How often in a row that is asked", 0, 10),
    text("session", "goodbye", FIELD(session.goodbye),
         "Said after the last of them, then the call is ended; \"\" = it is not ended"),

    text("stt", "url", FIELD(stt.url),
         "Recogniser with OpenAI's /audio/transcriptions; \"\" = embedded", check_base_url),
    text("stt", "model", FIELD(stt.model), "Model asked of stt.url"),
    text("stt", "key_env", FIELD(stt.key_env), "Environment variable that holds the API key",
         check_env_name),
    path("stt", "key_file", FIELD(stt.key_file), "File that holds the API key"),
    text("stt", "language", FIELD(stt.language),
         "Language told to the recogniser; \"\" = session.language", check_language),
    flag("stt", "partials", FIELD(stt.partials),
         "Show words while they are spoken: a second connection (WebSocket) to the recogniser"),
    number("stt", "timeout_ms", FIELD(stt.timeout), "Wait for a transcript", 100, 600'000),

    text("llm", "url", FIELD(llm.url),
         "Language model with OpenAI's /chat/completions; \"\" = the small built-in offline brain",
         check_base_url),
    text("llm", "model", FIELD(llm.model), "Model asked of llm.url"),
    text("llm", "key_env", FIELD(llm.key_env), "Environment variable that holds the API key",
         check_env_name),
    path("llm", "key_file", FIELD(llm.key_file), "File that holds the API key"),
    number("llm", "max_tokens", FIELD(llm.max_tokens),
           "Longest reply; \"\" = the model's own limit", 1, 1'000'000),
    number("llm", "temperature", FIELD(llm.temperature), "\"\" = the model's own", 0, 2),
    number("llm", "timeout_ms", FIELD(llm.timeout), "Wait for the first token", 100, 600'000),

    text("tts", "url", FIELD(tts.url), "Voice with OpenAI's /audio/speech; \"\" = embedded",
         check_base_url),
    text("tts", "model", FIELD(tts.model), "Model asked of tts.url"),
    text("tts", "voice", FIELD(tts.voice), "Voice asked of tts.url"),
    text("tts", "key_env", FIELD(tts.key_env), "Environment variable that holds the API key",
         check_env_name),
    path("tts", "key_file", FIELD(tts.key_file), "File that holds the API key"),
    number("tts", "speed", FIELD(tts.speed), "Speed of speech", 0.25, 4),
    number("tts", "timeout_ms", FIELD(tts.timeout), "Wait for the first audio", 100, 600'000),

    text("engine", "listen", FIELD(engine.listen),
         "Where eva engine listens; \"\" = 127.0.0.1:8001. The engine of eva serve has a private "
         "Unix socket",
         check_optional_listen),
    number("engine", "threads", FIELD(engine.threads),
           "Threads for recognition and voice; 0 = one per core", 0, 256),
    text("engine", "stt_model", FIELD(engine.stt_model), "Recogniser's model pack", check_pack),
    text("engine", "voice", FIELD(engine.voice), "Voice's model pack", check_pack),
    path("engine", "lexicon", FIELD(engine.lexicon), "File with your own pronunciations"),
    number("engine", "nice", FIELD(engine.nice), "How much the engine yields the CPU to the server",
           0, 19),
    number("engine", "queue", FIELD(engine.queue), "Jobs that may wait; more are refused", 1,
           10'000),

    path("models", "dir", FIELD(models.dir),
         "Folder of the model packs; \"\" = $XDG_CACHE_HOME/eva/models or ~/.cache/eva/models"),
    text("models", "mirror", FIELD(models.mirror),
         "Asked first for MIRROR/PACK/FILE when a pack is pulled", check_mirror),

    path("recording", "folder", FIELD(recording.folder),
         "Every call of eva serve is recorded here, for eva replay; \"\" = none is"),
    flag("recording", "redact", FIELD(recording.redact),
         "Record no sound and no text, only shapes and times"),
    number("recording", "call_bytes", FIELD(recording.call_bytes),
           "Largest recording; it ends there, the call goes on", kMiB, 2048 * kMiB),
    number("recording", "folder_bytes", FIELD(recording.folder_bytes),
           "All recordings together; the oldest are deleted", kMiB, 1024.0 * 1024 * kMiB),

    choice("log", "level", kLogLevel, "Least level that is logged", kLevels),
    choice("log", "format", kLogFormat, "Form of the log lines", kFormats),
};
#undef FIELD

struct Section {
  std::string_view name;
  std::string_view doc;
};
constexpr Section kSections[] = {
    {"server", "The server's door."},
    {"limits", "What one server and one client may use."},
    {"turn", "Who speaks when. Clients may change these for their session."},
    {"session", "What a new session starts with. Clients may change it."},
    {"stt", "Speech to text: a service, or the embedded recogniser."},
    {"llm",
     "What answers: any server with OpenAI's chat interface, or the built-in offline brain."},
    {"tts", "Text to speech: a service, or the embedded voice."},
    {"engine", "The embedded recogniser and voice; they run in a process of their own."},
    {"models", "The model packs of the embedded engine."},
    {"recording", "Recordings of calls: what was said, decided and heard. Tell your callers."},
    {"log", "The log, on standard error."},
};

template <typename... Fs>
struct Overload : Fs... {
  using Fs::operator()...;
};
template <typename... Fs>
Overload(Fs...) -> Overload<Fs...>;  // clang 14 does not find it by itself

template <typename T>
using Member = T& (*)(Config&);

std::optional<std::int64_t> parse_int(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    std::string_view item = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    if (!item.empty()) items.emplace_back(item);
  }
  return items;
}

bool in_range(const Key& key, double value) {
  return value >= key.min && value <= key.max;
}

}  // namespace

std::span<const Key> keys() {
  return kKeys;
}

std::string_view section_doc(std::string_view section) {
  const auto* found = std::ranges::find(kSections, section, &Section::name);
  return found == std::end(kSections) ? std::string_view{} : found->doc;
}

std::string full_name(const Key& key) {
  return fmt::format("{}.{}", key.section, key.name);
}

std::string env_name(const Key& key) {
  std::string name = fmt::format("EVA_{}_{}", key.section, key.name);
  for (char& c : name) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return name;
}

std::string flag_name(const Key& key) {
  return fmt::format("--{}.{}", key.section, key.name);
}

const Key* find_key(std::string_view name) {
  const auto found =
      std::ranges::find_if(kKeys, [&](const Key& k) { return full_name(k) == name; });
  return found == std::end(kKeys) ? nullptr : found;
}

std::string describe_type(const Key& key) {
  const std::string range = fmt::format("{:.15g} to {:.15g}", key.min, key.max);
  return std::visit(
      Overload{
          [](Member<bool>) -> std::string { return "true or false"; },
          [&](Member<int>) { return "a whole number, " + range; },
          [&](Member<std::int64_t>) { return "a whole number, " + range; },
          [&](Member<double>) { return "a number, " + range; },
          [&](Member<Duration>) { return "whole milliseconds, " + range; },
          [](Member<std::string>) -> std::string { return "text"; },
          [](Member<std::vector<std::string>>) -> std::string { return "a list of texts"; },
          [&](Member<std::optional<std::int64_t>>) { return "a whole number, " + range; },
          [&](Member<std::optional<double>>) { return "a number, " + range; },
          [&](const EnumField&) { return fmt::format("{}", fmt::join(key.choices, "|")); },
      },
      key.field);
}

Value get(const Config& config, const Key& key) {
  auto& from = const_cast<Config&>(config);  // the accessors only hand out references
  return std::visit(Overload{
                        [&](Member<Duration> member) -> Value { return to_ms(member(from)); },
                        [&](Member<int> member) -> Value { return std::int64_t{member(from)}; },
                        [&](const EnumField& field) -> Value {
                          return static_cast<std::int64_t>(field.get(config));
                        },
                        [&]<typename T>(T& (*member)(Config&)) -> Value { return member(from); },
                        [&]<typename T>(std::optional<T>& (*member)(Config&)) -> Value {
                          return member(from) ? Value(*member(from)) : Value();
                        },
                    },
                    key.field);
}

void set(Config& config, const Key& key, const Value& value) {
  std::visit(Overload{
                 [&](Member<Duration> member) {
                   member(config) = std::chrono::milliseconds(std::get<std::int64_t>(value));
                 },
                 [&](Member<int> member) {
                   member(config) = static_cast<int>(std::get<std::int64_t>(value));
                 },
                 [&](const EnumField& field) {
                   field.set(config, static_cast<std::size_t>(std::get<std::int64_t>(value)));
                 },
                 [&]<typename T>(T& (*member)(Config&)) { member(config) = std::get<T>(value); },
                 [&]<typename T>(std::optional<T>& (*member)(Config&)) {
                   const T* set_to = std::get_if<T>(&value);
                   member(config) = set_to ? std::optional<T>(*set_to) : std::nullopt;
                 },
             },
             key.field);
}

std::string to_toml(const Key& key, const Value& value) {
  return std::visit(
      Overload{
          [](std::monostate) -> std::string { return "\"\""; },
          [](bool on) -> std::string { return on ? "true" : "false"; },
          [&](std::int64_t number) {
            return key.choices.empty() ? fmt::format("{}", number)
                                       : quote(key.choices[static_cast<std::size_t>(number)]);
          },
          [](double number) {
            const std::string text = fmt::format("{}", number);
            return text.find_first_not_of("-0123456789") == std::string::npos ? text + ".0" : text;
          },
          [](const std::string& text) { return quote(text); },
          [](const std::vector<std::string>& items) {
            std::vector<std::string> quoted;
            for (const std::string& item : items) quoted.push_back(quote(item));
            return fmt::format("[{}]", fmt::join(quoted, ", "));
          },
      },
      value);
}

std::string to_text(const Key& key, const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* items = std::get_if<std::vector<std::string>>(&value)) {
    return fmt::format("{}", fmt::join(*items, ","));
  }
  if (std::holds_alternative<std::monostate>(value)) return {};
  const auto* number = std::get_if<std::int64_t>(&value);
  if (number && !key.choices.empty()) {
    return std::string(key.choices[static_cast<std::size_t>(*number)]);
  }
  return to_toml(key, value);
}

Error bad_value(const Key& key, std::string_view shown) {
  return Error{ErrorCode::kBadConfig, fmt::format("{} must be {}, not {}", full_name(key),
                                                  describe_type(key), shorten(shown, 80))};
}

Result<Value> parse_value(const Key& key, std::string_view text) {
  const auto wrong = [&] { return std::unexpected(bad_value(key, quote(text))); };
  const auto parsed = std::visit(
      Overload{
          [&](Member<bool>) -> std::optional<Value> {
            if (text == "true" || text == "1") return true;
            if (text == "false" || text == "0") return false;
            return std::nullopt;
          },
          [&](Member<std::string>) -> std::optional<Value> { return std::string(text); },
          [&](Member<std::vector<std::string>>) -> std::optional<Value> {
            return split_list(text);
          },
          [&](const EnumField&) -> std::optional<Value> {
            const auto choice = std::ranges::find(key.choices, text);
            if (choice == key.choices.end()) return std::nullopt;
            return choice - key.choices.begin();
          },
          [&](Member<double>) -> std::optional<Value> { return parse_number(text); },
          [&](Member<std::optional<double>>) -> std::optional<Value> {
            if (text.empty()) return Value();
            return parse_number(text);
          },
          [&](Member<std::optional<std::int64_t>>) -> std::optional<Value> {
            if (text.empty()) return Value();
            return parse_int(text);
          },
          [&](auto) -> std::optional<Value> { return parse_int(text); },  // int, int64, Duration
      },
      key.field);
  if (!parsed) return wrong();
  if (const auto right = check_value(key, *parsed); !right) return std::unexpected(right.error());
  return *parsed;
}

Result<> check_value(const Key& key, const Value& value) {
  const auto check_text = [&](const std::string& text) -> Result<> {
    if (text.find('\0') != std::string::npos) {
      return fail(ErrorCode::kBadConfig, full_name(key) + " must not contain a NUL character");
    }
    const std::string wanted = key.check ? key.check(text) : "";
    if (wanted.empty()) return {};
    return fail(ErrorCode::kBadConfig, fmt::format("{} must be {}", full_name(key), wanted));
  };
  return std::visit(Overload{
                        [](std::monostate) -> Result<> { return {}; },
                        [](bool) -> Result<> { return {}; },
                        [&](std::int64_t number) -> Result<> {
                          if (!key.choices.empty() || in_range(key, static_cast<double>(number)))
                            return {};
                          return std::unexpected(bad_value(key, to_toml(key, number)));
                        },
                        [&](double number) -> Result<> {
                          if (in_range(key, number)) return {};  // false for NaN
                          return std::unexpected(bad_value(key, to_toml(key, number)));
                        },
                        [&](const std::string& text) { return check_text(text); },
                        [&](const std::vector<std::string>& items) -> Result<> {
                          for (const std::string& item : items) {
                            if (auto right = check_text(item); !right) return right;
                          }
                          return {};
                        },
                    },
                    value);
}

}  // namespace eva::config
